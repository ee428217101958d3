import { beforeEach, expect, it } from "vitest";
import { useEaStore } from "./eaStore";

const store = () => useEaStore.getState();
const draft = { id: "v1", source: "int a;", isDraft: true, etag: '"1"' };

beforeEach(() => {
  store().reset();
  store().openProject("p1");
});

it("opens a draft for editing and anything else locked", () => {
  store().openVersion(draft);
  expect(store()).toMatchObject({
    lockState: "editing",
    isDirty: false,
    editorContent: "int a;",
    etag: '"1"',
  });
  store().openVersion({ ...draft, id: "v2", isDraft: false });
  expect(store()).toMatchObject({ lockState: "locked", activeVersionId: "v2" });
});

it("is dirty from the first edit to the save of exactly that content", () => {
  store().openVersion(draft);
  store().edit("int a;");
  expect(store().isDirty).toBe(false);
  store().edit("int b;");
  expect(store().isDirty).toBe(true);
  store().saved("v1", "int b;", '"2"');
  expect(store()).toMatchObject({ isDirty: false, etag: '"2"' });
});

it("stays dirty when typing went on while the save was on its way", () => {
  store().openVersion(draft);
  store().edit("int b;");
  store().edit("int bc;");
  store().saved("v1", "int b;", '"2"');
  expect(store()).toMatchObject({ isDirty: true, editorContent: "int bc;", etag: '"2"' });
});

it("does not take a late save for the version that was opened since", () => {
  store().openVersion(draft);
  store().edit("int b;");
  store().openVersion({ ...draft, id: "v2", etag: '"9"' });
  store().saved("v1", "int b;", '"2"');
  expect(store()).toMatchObject({ activeVersionId: "v2", isDirty: false, etag: '"9"' });
});

it("takes no edit while locked", () => {
  store().openVersion(draft);
  store().lock();
  store().edit("int b;");
  expect(store()).toMatchObject({ editorContent: "int a;", isDirty: false });
  store().unlock();
  store().edit("int b;");
  expect(store().isDirty).toBe(true);
});

it("shows a program as it is written, unlocked only by its version", () => {
  store().openVersion(draft);
  store().startStream();
  store().appendStream("int ");
  store().appendStream("c;");
  store().unlock();
  expect(store()).toMatchObject({ editorContent: "int c;", isDirty: false, lockState: "locked" });
  store().openVersion({ ...draft, id: "v2", source: "int c;" });
  store().appendStream("late");
  expect(store().editorContent).toBe("int c;");
});

it("leaves everything behind with the project, and nothing when it stays", () => {
  store().openVersion(draft);
  store().openProject("p1");
  expect(store().activeVersionId).toBe("v1");
  store().openProject("p2");
  expect(store()).toMatchObject({
    activeProjectId: "p2",
    activeVersionId: null,
    editorContent: "",
    isDirty: false,
  });
});
