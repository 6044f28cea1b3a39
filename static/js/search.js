/* "/" puts the cursor into the search box, unless something is being typed. */
const box = () => [...document.querySelectorAll("input[data-search]")].find((input) => input.offsetParent !== null);

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const input = box();
  if (!input) return;
  event.preventDefault();
  input.focus();
  input.select();
});
