/*
  The approvals page: opening "send back" takes an entry out of what is signed, the chips type a
  usual reason, and the bar says what one press will do. Arrows go from entry to entry, Enter opens
  "send back" and, once a reason stands there, leads on; Ctrl+Enter signs. Without this the page
  works as a form.
*/
import { t } from "./words.js";

const form = document.querySelector("form[data-approvals]");
if (form) {
  const bar = document.querySelector("[data-approvals-count]");
  const button = document.querySelector(`button[form="${form.id}"]`);
  const buttonText = button.lastChild;

  const tell = () => {
    const signed = form.querySelectorAll("input[name=sign]:checked").length;
    const back = [...form.querySelectorAll("details[data-give-back][open]")];
    const silent = back.filter((each) => !each.querySelector("input").value.trim()).length;
    const parts = [t("เลือก {n} รายการ", { n: signed })];
    if (back.length) parts.push(t("ส่งกลับแก้ไข {n} รายการ", { n: back.length }));
    if (silent) parts.push(t("ยังไม่ใส่เหตุผล {n} รายการ", { n: silent }));
    bar.textContent = parts.join(" · ");
    buttonText.textContent = back.length
      ? t("ลงนาม {n} และส่งกลับ {m}", { n: signed, m: back.length })
      : t("ลงนาม {n} รายการ", { n: signed });
    button.disabled = signed + back.length === 0;
  };

  const boxOf = (details) => form.querySelector(`input[name=sign][value="${CSS.escape(details.dataset.giveBack)}"]`);
  /* The browser tells of a toggle some time later; whoever presses keys is not to be overtaken by it. */
  const settled = new WeakMap();
  const settle = (details) => {
    if (settled.get(details) === details.open) return;
    settled.set(details, details.open);
    const box = boxOf(details);
    const reason = details.querySelector("input");
    if (details.open) reason.focus();
    else reason.value = "";
    // What is signed alone has its own button and no box.
    if (box) box.checked = !details.open && !box.disabled;
    tell();
  };
  const turn = (details, open) => {
    details.open = open;
    settle(details);
  };

  for (const details of form.querySelectorAll("details[data-give-back]")) {
    settled.set(details, details.open);
    const box = boxOf(details);
    const reason = details.querySelector("input");
    details.querySelector("[data-chips]").hidden = false;
    details.addEventListener("toggle", () => settle(details));
    details.addEventListener("click", (event) => {
      const chip = event.target.closest("[data-reason]");
      if (!chip) return;
      reason.value = chip.textContent;
      reason.focus();
      tell();
    });
    reason.addEventListener("input", tell);
    box?.addEventListener("change", () => {
      if (box.checked && details.open) {
        turn(details, false);
      }
    });
  }
  const stops = () => [...form.querySelectorAll(".check-cell :is(input, button):not(:disabled)")];
  const step = (from, by) => {
    const all = stops();
    const row = from.closest("tr");
    const here = all.findIndex((stop) => row.contains(stop));
    // Who stands in a row that nobody may sign goes on from where that row is.
    const passed = all.filter((stop) => row.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_PRECEDING).length;
    const next = all[here >= 0 ? here + by : passed + (by > 0 ? 0 : -1)];
    next?.focus();
  };

  form.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!button.disabled) form.requestSubmit(button);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = target.closest("tbody tr");
    const inReason = target.matches("details[data-give-back] input");
    if (!row || !(inReason || target.matches(".check-cell *"))) return;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      step(target, key === "ArrowDown" ? 1 : -1);
    } else if (key === "Enter" && target.matches("input[type=checkbox]")) {
      // A browser would press the first button of the form: an outlier's own signature.
      event.preventDefault();
      turn(row.querySelector("details[data-give-back]"), true);
    } else if (key === "Enter" && inReason) {
      event.preventDefault();
      if (target.value.trim()) step(target, 1);
    } else if (key === "Escape" && inReason) {
      turn(row.querySelector("details[data-give-back]"), false);
      (row.querySelector(".check-cell :is(input, button):not(:disabled)") ?? target).focus();
    }
  });
  for (const hint of document.querySelectorAll("[data-approvals-keys]")) {
    hint.hidden = !window.matchMedia("(pointer: fine)").matches;
  }
  form.addEventListener("change", tell);
  form.addEventListener("submit", () => {
    for (const details of form.querySelectorAll("details[data-give-back][open]")) {
      const mark = document.createElement("input");
      mark.type = "hidden";
      mark.name = "return";
      mark.value = details.dataset.giveBack;
      form.append(mark);
    }
  });
  tell();
}
