import { create } from "zustand";

/** `locked`: what is shown cannot be edited, because it is no draft or is being written or compiled. */
export type LockState = "locked" | "editing";

export interface EaState {
  activeProjectId: string | null;
  activeVersionId: string | null;
  editorContent: string;
  isDirty: boolean;
  lockState: LockState;
  /** ETag of the state the edits began from: the `If-Match` of the next save. */
  etag: string | null;
}

interface EaActions {
  openProject: (projectId: string | null) => void;
  openVersion: (version: { id: string; source: string; isDraft: boolean; etag: string | null }) => void;
  edit: (content: string) => void;
  /** The server has this content now. What was typed while it was on its way stays dirty. */
  saved: (versionId: string, content: string, etag: string | null) => void;
  lock: () => void;
  unlock: () => void;
  /** A program that is being written shows up as it comes, and is nobody's edit. */
  startStream: () => void;
  appendStream: (text: string) => void;
  reset: () => void;
}

const EMPTY: EaState = {
  activeProjectId: null,
  activeVersionId: null,
  editorContent: "",
  isDirty: false,
  lockState: "locked",
  etag: null,
};

export const useEaStore = create<EaState & EaActions>((set) => ({
  ...EMPTY,
  openProject: (projectId) =>
    set((state) => (state.activeProjectId === projectId ? state : { ...EMPTY, activeProjectId: projectId })),
  openVersion: ({ id, source, isDraft, etag }) =>
    set({
      activeVersionId: id,
      editorContent: source,
      isDirty: false,
      lockState: isDraft ? "editing" : "locked",
      etag,
    }),
  edit: (content) =>
    set((state) =>
      state.lockState === "locked" || state.editorContent === content
        ? state
        : { editorContent: content, isDirty: true },
    ),
  saved: (versionId, content, etag) =>
    set((state) =>
      state.activeVersionId === versionId ? { isDirty: state.editorContent !== content, etag } : state,
    ),
  lock: () => set({ lockState: "locked" }),
  unlock: () => set((state) => (state.activeVersionId === null ? state : { lockState: "editing" })),
  startStream: () =>
    set({ activeVersionId: null, editorContent: "", isDirty: false, lockState: "locked", etag: null }),
  appendStream: (text) =>
    set((state) => (state.activeVersionId === null ? { editorContent: state.editorContent + text } : state)),
  reset: () => set(EMPTY),
}));
