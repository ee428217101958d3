"use client";

import { PencilIcon, PlusIcon, Trash2Icon } from "lucide-react";
import { useState } from "react";
import { ConnectionForm } from "@/components/agents/ConnectionForm";
import { DataTable, type Column } from "@/components/data/DataTable";
import { EmptyState } from "@/components/data/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Confirm } from "@/components/ui/confirm";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Switch } from "@/components/ui/switch";
import { toast, toastError } from "@/components/ui/toaster";
import type { Schemas } from "@/lib/api/client";
import { useChangeConnection, useConnections, useDeleteConnection } from "@/lib/api/queries/account";
import type { WatchedAgent } from "@/lib/hooks/useAgentHealth";

type Connection = Schemas["BrokerConnection"];

export function ConnectionsCard({ agents }: { agents: readonly WatchedAgent[] | undefined }) {
  const connections = useConnections();
  const change = useChangeConnection();
  const remove = useDeleteConnection();
  const [edited, setEdited] = useState<Connection | "new" | null>(null);
  const [doomed, setDoomed] = useState<Connection | null>(null);

  const agentsOf = (id: string) =>
    agents?.filter(({ agent }) => agent.broker_connection_id === id).map(({ agent }) => agent.agent_name);
  const setActive = (connection: Connection, is_active: boolean) =>
    change.mutate(
      { id: connection.id, is_active },
      { onError: (error) => toastError(`${connection.name} was not changed`, error) },
    );

  const columns: readonly Column<Connection>[] = [
    { id: "name", head: "Connection", cell: ({ name }) => <span className="font-medium">{name}</span> },
    {
      id: "agents",
      head: "Agents",
      from: "sm",
      cell: ({ id }) => {
        const names = agentsOf(id);
        if (!names) return "…";
        return names.length > 0 ? names.join(", ") : <span className="text-warn">none</span>;
      },
    },
    {
      id: "map",
      head: "Mapped",
      align: "right",
      from: "sm",
      cell: ({ symbol_map }) => Object.keys(symbol_map).length,
    },
    {
      id: "active",
      head: "Trades",
      cell: (connection) => (
        <Switch
          aria-label={`${connection.name} trades`}
          checked={connection.is_active}
          onCheckedChange={(isActive) => setActive(connection, isActive)}
        />
      ),
    },
    {
      id: "actions",
      head: <span className="sr-only">Actions</span>,
      align: "right",
      className: "whitespace-nowrap",
      cell: (connection) => (
        <>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Edit ${connection.name}`}
            onClick={() => setEdited(connection)}
          >
            <PencilIcon aria-hidden />
          </Button>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Delete ${connection.name}`}
            onClick={() => setDoomed(connection)}
          >
            <Trash2Icon aria-hidden />
          </Button>
        </>
      ),
    },
  ];

  const newConnection = (
    <Button size="sm" onClick={() => setEdited("new")}>
      <PlusIcon aria-hidden /> New connection
    </Button>
  );
  return (
    <Card title="Broker connections" isFlush actions={newConnection}>
      <DataTable
        caption="Broker connections"
        columns={columns}
        query={{ ...connections, data: connections.data?.items }}
        rowKey={({ id }) => id}
        skeletonRows={2}
        empty={
          <EmptyState title="No broker connection" action={newConnection}>
            One stands for each account. Strategies trade a connection, and an agent serves it.
          </EmptyState>
        }
      />
      <Dialog open={edited !== null} onOpenChange={() => setEdited(null)}>
        {edited && (
          <DialogContent
            title={edited === "new" ? "New broker connection" : `Change ${edited.name}`}
            // A long symbol map is not lost to a stray click.
            onInteractOutside={(event) => event.preventDefault()}
          >
            <ConnectionForm
              connection={edited === "new" ? undefined : edited}
              onSaved={() => setEdited(null)}
            />
          </DialogContent>
        )}
      </Dialog>
      <Confirm
        open={doomed !== null}
        onOpenChange={() => setDoomed(null)}
        title={`Delete ${doomed?.name ?? ""}?`}
        confirmLabel="Delete connection"
        isDanger
        onConfirm={async () => {
          if (!doomed) return;
          await remove.mutateAsync(doomed.id);
          toast.success(`${doomed.name} is deleted`);
        }}
      >
        <p>
          The account’s state and its jobs go with it. Its agents stay, without a connection, and get no more
          trades. Positions at the broker stay as they are. This cannot be undone.
        </p>
      </Confirm>
    </Card>
  );
}
