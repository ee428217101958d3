"use client";

import { DownloadIcon } from "lucide-react";
import { CopyField } from "@/components/data/CopyField";
import { Button } from "@/components/ui/button";
import { apiAddress } from "@/lib/api/client";
import { agentToml, pairCommand, RUN_COMMAND } from "@/lib/agents/pairing";
import { downloadFile } from "@/lib/format/file";

/** What the agent needs to be told. The key is on no other page and in no other answer. */
export function PairingKey({ agentId, agentKey }: { agentId: string; agentKey: string }) {
  const pairing = { url: apiAddress(), agentId, agentKey };
  return (
    <div className="grid min-w-0 grid-cols-1 gap-4">
      <div className="grid grid-cols-1 gap-2 rounded-md border border-warn/40 bg-warn-soft p-3">
        <p className="text-sm text-warn">
          <strong className="font-semibold">The key is shown this once.</strong> Copy it, or take the file.
          Whoever has it can act as this agent.
        </p>
        <CopyField label="Agent key" value={agentKey} />
      </div>
      <ol className="grid min-w-0 list-inside list-decimal grid-cols-1 gap-4 text-sm marker:text-muted">
        <li className="min-w-0">
          On the machine of your MetaTrader terminal, beside <code>forexelite_agent.py</code>, run this and
          paste the key when it asks:
          <div className="mt-2">
            <CopyField label="Command that pairs" value={pairCommand(pairing)} isBlock />
          </div>
          <p className="mt-2 flex flex-wrap items-center gap-2 text-muted">
            Or put this file beside it, readable by you only:
            <Button
              size="sm"
              onClick={() => downloadFile("agent.toml", [agentToml(pairing)], "application/toml")}
            >
              <DownloadIcon aria-hidden /> agent.toml
            </Button>
          </p>
        </li>
        <li className="min-w-0">
          Start it, and let it run:
          <div className="mt-2">
            <CopyField label="Command that runs" value={RUN_COMMAND} isBlock />
          </div>
        </li>
      </ol>
    </div>
  );
}
