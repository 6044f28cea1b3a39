/*
  The approvals page: opening "send back" takes an entry out of what is signed, the chips type a
  usual reason, and the bar says what one press will do. Without this the page works as a form.
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

  for (const details of form.querySelectorAll("details[data-give-back]")) {
    const box = form.querySelector(`input[name=sign][value="${CSS.escape(details.dataset.giveBack)}"]`);
    const reason = details.querySelector("input");
    details.querySelector("[data-chips]").hidden = false;
    details.addEventListener("toggle", () => {
      if (details.open) reason.focus();
      else reason.value = "";
      // What is signed alone has its own button and no box.
      if (box) box.checked = !details.open && !box.disabled;
      tell();
    });
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
        details.open = false;
      }
    });
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
