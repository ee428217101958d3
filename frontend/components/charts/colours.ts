/** The tokens as the canvas needs them; ask again when the theme has changed. */
export function chartColours() {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: token("--muted"),
    line: token("--line"),
    accent: token("--accent"),
    profit: token("--profit"),
    loss: token("--loss"),
    warn: token("--warn"),
  };
}
