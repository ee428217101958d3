import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiProblem } from "@/lib/api/problem";
import { DataTable } from "./DataTable";

const columns = [{ id: "name", head: "Name", cell: (row: { name: string }) => row.name }];
const refetch = vi.fn();
const query = { data: undefined, error: null, isPending: false, refetch };
const show = (change: object) =>
  render(
    <DataTable
      caption="Agents"
      columns={columns}
      query={{ ...query, ...change }}
      rowKey={(row) => row.name}
      empty={<p>Pair an agent first</p>}
    />,
  );

it("says that it waits, and what to do when there is nothing", () => {
  const { container, unmount } = show({ isPending: true });
  expect(container.querySelector("[aria-busy=true]")).toBeInTheDocument();
  unmount();
  show({ data: [] });
  expect(screen.getByText("Pair an agent first")).toBeVisible();
});

it("says what failed, and tries again when asked", async () => {
  show({ error: ApiProblem.from(503, { detail: "The database is away." }) });
  expect(screen.getByRole("alert")).toHaveTextContent("The database is away.");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(refetch).toHaveBeenCalledOnce();
});

it("keeps the rows it has when a later answer fails", () => {
  show({ data: [{ name: "London" }], error: ApiProblem.from(503, {}) });
  expect(screen.getByRole("cell", { name: "London" })).toBeVisible();
});
