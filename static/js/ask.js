/*
  One question before what cannot be undone: <button data-ask="ประโยค" data-ask-yes="ถอนรายงาน">;
  data-ask-no where "ยกเลิก" would sound like the deed itself.
  What can be undone is done at once and offers "เลิกทำ" instead (_components/toast.html).
*/
import { h, t } from "./words.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask]");
  if (!button || button.dataset.answered || typeof HTMLDialogElement === "undefined") return;
  event.preventDefault();
  event.stopPropagation();
  const yes = h("button", { class: "btn btn--danger", value: "yes" }, button.dataset.askYes || button.textContent.trim());
  const no = h("button", { class: "btn", value: "no", autofocus: true }, button.dataset.askNo || t("ยกเลิก"));
  const dialog = h("dialog", { class: "ask", "aria-label": t("ยืนยัน") }, h("form", { method: "dialog" }, h("p", {}, button.dataset.ask), h("div", { class: "row row--tight mt" }, no, yes)));
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    const answer = dialog.returnValue;
    dialog.remove();
    if (answer !== "yes") {
      button.focus();
      return;
    }
    button.dataset.answered = "1";
    button.click();
    delete button.dataset.answered;
  });
  dialog.showModal();
}, true);
