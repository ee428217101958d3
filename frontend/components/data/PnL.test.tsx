import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { PnL } from "./PnL";

it.each([
  [12.5, "▲+12.50 USD profit"],
  [-12.5, "▼−12.50 USD loss"],
  [0, "0.00 USD"],
  [null, "unknown"],
])("tells %s apart without its colour", (value, text) => {
  const { container } = render(<PnL value={value} currency="USD" />);
  expect(container.textContent.replaceAll("\u00a0", " ")).toBe(text);
});
