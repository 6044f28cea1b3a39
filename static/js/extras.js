/* Small comforts: filters that apply when chosen, menus that close, tick-all boxes, print. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();

  const all = event.target.closest("[data-tick-all]");
  if (all) {
    for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.tickAll)}"]:not(:disabled)`)) {
      if (box.checked !== all.checked) box.click();
    }
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
for (const button of document.querySelectorAll("form[data-filters] [data-apply]")) button.classList.add("vh-focusable");

// On a narrow page the open tab may stand outside the strip: bring it in, without moving the page.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const strip = tab.closest(".tabs");
  const hidden = tab.offsetLeft + tab.offsetWidth - strip.offsetLeft - strip.clientWidth;
  if (hidden > 0) strip.scrollLeft = hidden + strip.clientWidth / 4;
}
