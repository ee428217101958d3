/** All items of a list, page by page, up to a limit; `isCut` when there were more. */
export async function readPages<Item>(
  read: (cursor: string | undefined) => Promise<{ items: Item[]; next_cursor?: string | null }>,
  most: number,
): Promise<{ items: Item[]; isCut: boolean }> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return { items: items.slice(0, most), isCut: cursor !== undefined || items.length > most };
}
