/* Applies the reader's choice of light or dark before the page is painted; a classic script, loaded in the head. */
(() => {
  const KEY = "portal:theme";
  const root = document.documentElement;
  const chosen = () => {
    try {
      return window.localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto";
    }
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
    }
  };
  apply(chosen());
  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll("[data-themes]")) box.hidden = false;
    apply(chosen());
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-set]");
    if (!button) return;
    try {
      window.localStorage.setItem(KEY, button.dataset.themeSet);
    } catch {
      /* the choice holds for this page only */
    }
    apply(button.dataset.themeSet);
  });
})();
