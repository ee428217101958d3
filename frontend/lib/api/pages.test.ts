import { expect, it } from "vitest";
import { readPages } from "./pages";

const book = (pages: number[][]) => (cursor: string | undefined) => {
  const at = Number(cursor ?? 0);
  return Promise.resolve({
    items: pages[at] ?? [],
    next_cursor: at + 1 < pages.length ? String(at + 1) : null,
  });
};

it("reads to the end", async () => {
  expect(await readPages(book([[1, 2], [3]]), 10)).toEqual({ items: [1, 2, 3], isCut: false });
});

it("stops at the limit and says so", async () => {
  expect(await readPages(book([[1, 2], [3, 4], [5]]), 3)).toEqual({ items: [1, 2, 3], isCut: true });
  expect(
    await readPages(
      book([
        [1, 2],
        [3, 4],
      ]),
      4,
    ),
  ).toEqual({ items: [1, 2, 3, 4], isCut: false });
});
