"use client";

import { FormFooter, SelectField, TextField } from "@/components/forms/fields";
import type { Schemas } from "@/lib/api/client";
import { useConnections } from "@/lib/api/queries/account";
import { useChangeAgent, useCreateAgent, type Agent } from "@/lib/api/queries/agents";
import { nameRule } from "@/lib/forms/rules";
import { useForm } from "@/lib/forms/useForm";

interface AgentFormProps {
  agent?: Agent;
  onMade?: (paired: Schemas["PairedAgent"]) => void;
  onChanged?: () => void;
}

export function AgentForm({ agent, onMade, onChanged }: AgentFormProps) {
  const connections = useConnections();
  const create = useCreateAgent();
  const change = useChangeAgent();
  const first = connections.data?.items[0]?.id ?? "";
  const form = useForm({
    saved: {
      agent_name: agent?.agent_name ?? "",
      broker_connection_id: agent ? (agent.broker_connection_id ?? "") : first,
    },
    rules: { agent_name: nameRule },
    save: async ({ agent_name, broker_connection_id }) => {
      const body = {
        agent_name: agent_name.trim(),
        broker_connection_id: broker_connection_id === "" ? null : broker_connection_id,
      };
      if (agent) {
        await change.mutateAsync({ id: agent.id, ...body });
        onChanged?.();
        return;
      }
      const paired = await create.mutateAsync(body);
      onMade?.(paired);
    },
  });
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-4">
      <TextField form={form} name="agent_name" label="Name" placeholder="Windows VPS" />
      <SelectField
        form={form}
        name="broker_connection_id"
        label="Broker connection"
        hint="The account that its terminal is logged in to. Without one the agent gets no trades."
      >
        {connections.data?.items.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        <option value="">None</option>
      </SelectField>
      <FormFooter form={form} isNew={!agent} saveLabel={agent ? "Save" : "Make agent"} />
    </form>
  );
}
