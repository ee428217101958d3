"use client";

import { DownloadIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { toast, toastError } from "@/components/ui/toaster";
import { readHistoryRange, type HistoryFilter } from "@/lib/api/queries/trading";
import { downloadCsv, toCsv } from "@/lib/format/csv";
import { CSV_COLUMNS } from "../events";

/** A browser holds as many without trouble; nobody trades as much by hand in years. */
const MOST_ROWS = 100_000;

/** All that the filter finds, not only what is shown. */
export function ExportButton({ filter, isEmpty }: { filter: HistoryFilter; isEmpty: boolean }) {
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const { items, isCut } = await readHistoryRange(filter, undefined, MOST_ROWS);
      const day = new Date().toISOString().slice(0, 10);
      downloadCsv(`history-${day}.csv`, toCsv(CSV_COLUMNS, items));
      if (isCut)
        toast.warning(`The file holds the newest ${MOST_ROWS.toLocaleString("en-GB")} events only`, {
          description: "Choose a shorter time for the rest.",
        });
    } catch (error) {
      toastError("The history could not be exported", error, () => void save());
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button isBusy={isBusy} disabled={isEmpty} onClick={() => void save()}>
      <DownloadIcon aria-hidden /> {isBusy ? "Collecting…" : "Export CSV"}
    </Button>
  );
}
