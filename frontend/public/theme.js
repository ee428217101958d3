// Runs before the first paint, so that no page flashes in the other theme. lib/hooks/useTheme.ts writes what is read here.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // Without storage it is dark.
  }
  var light =
    chosen === "light" || (chosen === "system" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
})();
