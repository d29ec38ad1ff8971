// Runs before the first paint: the theme that this browser chose, and a mark that scripts run at all.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme && !root.dataset.theme) root.dataset.theme = theme;
  } catch { /* storage refused: the system's theme it is */ }
})();
