import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { FormFooter, TextField } from "@/components/forms/fields";
import { ApiProblem } from "@/lib/api/problem";
import { nameRule } from "./rules";
import { useForm } from "./useForm";

function Sample({
  save,
  name = "old",
}: {
  save: (values: { name: string }) => Promise<unknown>;
  name?: string;
}) {
  const form = useForm({ saved: { name }, rules: { name: nameRule }, save });
  return (
    <form onSubmit={form.submit} noValidate>
      <TextField form={form} name="name" label="Name" />
      <FormFooter form={form} />
    </form>
  );
}

const field = () => screen.getByRole("textbox", { name: "Name" });
const submit = () => userEvent.click(screen.getByRole("button", { name: "Save" }));

it("sends nothing that breaks a rule, and says where", async () => {
  const save = vi.fn();
  render(<Sample save={save} />);
  await userEvent.clear(field());
  await submit();
  expect(screen.getByRole("alert")).toHaveTextContent("1 to 80 characters");
  expect(save).not.toHaveBeenCalled();
  await waitFor(() => expect(field()).toHaveFocus());
});

it("shows the server's refusal at its field, until that is edited", async () => {
  const refusal = new ApiProblem(422, "invalid", "Look at the fields.", "Invalid", [
    { field: "name", message: "taken" },
  ]);
  render(<Sample save={() => Promise.reject(refusal)} />);
  await userEvent.type(field(), "er");
  await submit();
  expect(await screen.findByRole("alert")).toHaveTextContent("taken");
  expect(field()).toBeInvalid();
  await userEvent.type(field(), "!");
  expect(screen.queryByRole("alert")).toBeNull();
});

it("does not swallow a refusal of a field it does not show", async () => {
  const refusal = new ApiProblem(422, "invalid", "…", "Invalid", [
    { field: "magic_number", message: "taken" },
  ]);
  render(<Sample save={() => Promise.reject(refusal)} />);
  await userEvent.type(field(), "er");
  await submit();
  expect(await screen.findByRole("alert")).toHaveTextContent("magic_number: taken");
});

it("shows what is saved, and news from the server in fields nobody touched", async () => {
  const save = vi.fn().mockResolvedValue(null);
  const { rerender } = render(<Sample save={save} />);
  await userEvent.type(field(), "er");
  expect(screen.getByRole("status")).toHaveTextContent("Unsaved changes");
  await submit();
  expect(save).toHaveBeenCalledWith({ name: "older" });
  rerender(<Sample save={save} name="older" />);
  await waitFor(() => expect(screen.getByRole("status")).toHaveTextContent("Saved"));
  rerender(<Sample save={save} name="from elsewhere" />);
  expect(field()).toHaveValue("from elsewhere");
});
