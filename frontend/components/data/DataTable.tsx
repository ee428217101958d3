import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { ErrorState } from "./states";

export interface Column<Row> {
  id: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Figures stand right. */
  align?: "right";
  /** Left out below this width: what remains must still make sense. */
  from?: "sm" | "md" | "lg" | "xl";
  className?: string;
}

/** What useQuery and useInfiniteQuery give, as far as a table needs it. */
interface TableQuery<Row> {
  data: readonly Row[] | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
  hasNextPage?: boolean;
  isFetchingNextPage?: boolean;
  fetchNextPage?: () => unknown;
}

interface DataTableProps<Row> {
  /** Read out, not seen: what the rows are. */
  caption: string;
  columns: readonly Column<Row>[];
  query: TableQuery<Row>;
  rowKey: (row: Row) => string;
  empty: ReactNode;
  skeletonRows?: number;
  className?: string;
}

const FROM = {
  sm: "hidden sm:table-cell",
  md: "hidden md:table-cell",
  lg: "hidden lg:table-cell",
  xl: "hidden xl:table-cell",
} as const;

/** A list in one of its four states. Old rows stay while newer ones are asked for, also when that fails. */
export function DataTable<Row>({
  caption,
  columns,
  query,
  rowKey,
  empty,
  skeletonRows = 5,
  className,
}: DataTableProps<Row>) {
  const { data, error, isPending, refetch } = query;
  if (!data && error)
    return (
      <ErrorState title={`${caption} could not be loaded`} error={error} onRetry={() => void refetch()} />
    );
  if (data?.length === 0) return empty;
  const cellStyle = (column: Column<Row>) =>
    cn(
      "px-2 first:pl-4 last:pr-4",
      column.align === "right" && "text-right",
      column.from && FROM[column.from],
      column.className,
    );
  return (
    <div className={cn("overflow-x-auto", className)} aria-busy={isPending}>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b text-left text-xs text-muted">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cn("h-8 font-medium whitespace-nowrap", cellStyle(column))}
              >
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data
            ? data.map((row) => (
                <tr key={rowKey(row)} className="h-9 border-b last:border-b-0 hover:bg-hover/60">
                  {columns.map((column) => (
                    <td key={column.id} className={cellStyle(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              ))
            : Array.from({ length: skeletonRows }, (_, index) => (
                <tr key={index} className="h-9 border-b last:border-b-0">
                  {columns.map((column) => (
                    <td key={column.id} className={cellStyle(column)}>
                      <Skeleton className={cn("h-3.5 w-16", column.align === "right" && "ml-auto")} />
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
      {query.hasNextPage && (
        <div className="flex justify-center border-t p-2">
          <Button
            variant="ghost"
            isBusy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage?.()}
          >
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}
