"use client";

import { DownloadIcon, FolderOpenIcon, PencilIcon, TrashIcon } from "lucide-react";
import { useState, type FormEvent } from "react";
import { DataTable, type Column } from "@/components/data/DataTable";
import { RelativeTime } from "@/components/data/RelativeTime";
import { EmptyState } from "@/components/data/states";
import { StatusBadge } from "@/components/data/StatusBadge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Confirm } from "@/components/ui/confirm";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast, toastError } from "@/components/ui/toaster";
import type { Schemas } from "@/lib/api/client";
import {
  useArtifactUrl,
  useChangeProject,
  useDeleteProject,
  useProjects,
  useVersions,
  type Project,
  type VersionSummary,
} from "@/lib/api/queries/ea";
import { useEaStore } from "@/lib/stores/eaStore";
import { formatBytes } from "../lib/bytes";

interface LibraryTabProps {
  search: string;
  onSearch: (text: string) => void;
  onOpen: (projectId: string, versionId: string) => void;
}

export function LibraryTab({ search, onSearch, onOpen }: LibraryTabProps) {
  const projects = useProjects();
  const [chosen, setChosen] = useState<string | null>(null);
  const [renamed, setRenamed] = useState<Project | null>(null);
  const [deleted, setDeleted] = useState<Project | null>(null);
  const remove = useDeleteProject();

  const words = search.trim().toLowerCase();
  const found = projects.data?.items.filter(({ name, description }) =>
    `${name} ${description ?? ""}`.toLowerCase().includes(words),
  );
  const shown = found?.find(({ id }) => id === chosen) ?? found?.[0];

  const columns: readonly Column<Project>[] = [
    {
      id: "name",
      head: "Project",
      className: "max-w-0 w-full",
      cell: (project) => (
        <button
          type="button"
          aria-pressed={project.id === shown?.id}
          className="block w-full truncate text-left font-medium aria-pressed:text-accent"
          onClick={() => setChosen(project.id)}
        >
          {project.name}
        </button>
      ),
    },
    {
      id: "changed",
      head: "Changed",
      align: "right",
      from: "sm",
      cell: ({ updated_at }) => <RelativeTime at={updated_at} className="text-muted" />,
    },
    {
      id: "actions",
      head: <span className="sr-only">Actions</span>,
      align: "right",
      cell: (project) => (
        <span className="inline-flex gap-1">
          <Button
            size="icon-sm"
            variant="ghost"
            aria-label={`Open ${project.name}`}
            title="Open in the editor"
            onClick={() => onOpen(project.id, "")}
          >
            <FolderOpenIcon aria-hidden />
          </Button>
          <Button
            size="icon-sm"
            variant="ghost"
            aria-label={`Rename ${project.name}`}
            title="Rename"
            onClick={() => setRenamed(project)}
          >
            <PencilIcon aria-hidden />
          </Button>
          <Button
            size="icon-sm"
            variant="ghost"
            aria-label={`Delete ${project.name}`}
            title="Delete"
            onClick={() => setDeleted(project)}
          >
            <TrashIcon aria-hidden />
          </Button>
        </span>
      ),
    },
  ];

  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <Card
        title="Projects"
        isFlush
        actions={
          <Input
            type="search"
            aria-label="Search projects"
            placeholder="Search"
            className="max-w-56"
            value={search}
            onChange={(event) => onSearch(event.target.value)}
          />
        }
      >
        <DataTable
          caption="Projects"
          columns={columns}
          query={{ ...projects, data: found }}
          rowKey={({ id }) => id}
          empty={
            words === "" ? (
              <EmptyState
                title="No project yet"
                action={
                  <Button variant="primary" onClick={() => onOpen("new", "")}>
                    Describe one
                  </Button>
                }
              >
                Say in plain words what an expert advisor is to do; it is written for you.
              </EmptyState>
            ) : (
              <EmptyState
                title="No project has these words"
                action={<Button onClick={() => onSearch("")}>Show all</Button>}
              />
            )
          }
        />
      </Card>
      {shown && <VersionsCard project={shown} onOpen={(versionId) => onOpen(shown.id, versionId)} />}
      <Dialog open={renamed !== null} onOpenChange={(open) => !open && setRenamed(null)}>
        <DialogContent title="Rename project">
          {renamed && <RenameForm key={renamed.id} project={renamed} onDone={() => setRenamed(null)} />}
        </DialogContent>
      </Dialog>
      <Confirm
        open={deleted !== null}
        onOpenChange={(open) => !open && setDeleted(null)}
        title={`Delete ${deleted?.name ?? ""}?`}
        confirmLabel="Delete project"
        isDanger
        onConfirm={async () => {
          if (!deleted) return;
          await remove.mutateAsync(deleted.id);
          if (useEaStore.getState().activeProjectId === deleted.id) useEaStore.getState().reset();
          toast.success(`${deleted.name} is deleted`);
        }}
      >
        <p>All its versions and files go with it, and cannot be brought back.</p>
        <p>One with a running deployment cannot be deleted: stop that first.</p>
      </Confirm>
    </div>
  );
}

function RenameForm({ project, onDone }: { project: Project; onDone: () => void }) {
  const change = useChangeProject();
  const [name, setName] = useState(project.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ id: project.id, name: name.trim() }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit} className="grid gap-4" noValidate>
      <Field
        label="Name"
        error={change.error ? (change.error.fieldErrors.name ?? change.error.detail) : undefined}
      >
        {(control) => (
          <Input {...control} value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <DialogFooter>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" isBusy={change.isPending} disabled={name.trim() === ""}>
          Rename
        </Button>
      </DialogFooter>
    </form>
  );
}

function VersionsCard({ project, onOpen }: { project: Project; onOpen: (versionId: string) => void }) {
  const versions = useVersions(project.id);
  const columns: readonly Column<VersionSummary>[] = [
    {
      id: "number",
      head: "Version",
      cell: ({ id, version_number }) => (
        <button
          type="button"
          className="font-medium text-accent hover:underline"
          aria-label={`Open version ${version_number}`}
          onClick={() => onOpen(id)}
        >
          v{version_number}
        </button>
      ),
    },
    { id: "status", head: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
    {
      id: "size",
      head: "Source",
      align: "right",
      from: "sm",
      cell: ({ source_bytes }) => <span className="tabular-nums">{formatBytes(source_bytes)}</span>,
    },
    {
      id: "made",
      head: "Made",
      align: "right",
      from: "md",
      cell: ({ created_at }) => <RelativeTime at={created_at} className="text-muted" />,
    },
    {
      id: "files",
      head: "Files",
      align: "right",
      cell: ({ artifacts, version_number }) =>
        artifacts.length === 0 ? (
          <span className="text-muted">none</span>
        ) : (
          <span className="inline-flex flex-wrap justify-end gap-1">
            {artifacts.map((artifact) => (
              <ArtifactButton
                key={artifact.id}
                artifact={artifact}
                fileName={`${project.name} v${version_number}.${artifact.artifact_type}`}
              />
            ))}
          </span>
        ),
    },
  ];
  return (
    <Card
      title={project.name}
      isFlush
      actions={
        <Button size="sm" onClick={() => onOpen("")}>
          Open
        </Button>
      }
    >
      {project.description && (
        <p className="line-clamp-3 px-4 pb-3 text-sm text-muted">{project.description}</p>
      )}
      <DataTable
        caption={`Versions of ${project.name}`}
        columns={columns}
        query={{ ...versions, data: versions.data?.items }}
        rowKey={({ id }) => id}
        skeletonRows={3}
        empty={
          <EmptyState title="No version yet" action={<Button onClick={() => onOpen("")}>Open it</Button>}>
            Open the project and press Generate.
          </EmptyState>
        }
      />
    </Card>
  );
}

function ArtifactButton({ artifact, fileName }: { artifact: Schemas["Artifact"]; fileName: string }) {
  const url = useArtifactUrl();
  const download = () =>
    url.mutate(artifact.id, {
      onSuccess: (signed) => {
        const link = document.createElement("a");
        link.href = signed.url;
        link.download = fileName;
        link.rel = "noopener";
        link.target = "_blank";
        link.click();
      },
      onError: (error) => toastError("The file could not be fetched", error, download),
    });
  return (
    <Button
      size="sm"
      variant="ghost"
      className="px-1.5"
      isBusy={url.isPending}
      onClick={download}
      aria-label={`Download ${fileName}`}
      title={artifact.file_size == null ? undefined : formatBytes(artifact.file_size)}
    >
      <DownloadIcon aria-hidden />.{artifact.artifact_type}
    </Button>
  );
}
