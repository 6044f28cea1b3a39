/* What htmx changed is said aloud, and what went wrong is shown; see the htmx-config meta for 409 and 422. */
import { h, icon, t } from "./words.js";

const live = () => document.getElementById("live");

/** Say a sentence to those who hear the page. */
export function announce(sentence) {
  const place = live();
  if (!place) return;
  place.textContent = "";
  window.setTimeout(() => {
    place.textContent = sentence;
  }, 60);
}

/** Show a sentence over the page until it is read. */
export function toast(sentence, kind = "bad") {
  const place = document.getElementById("messages");
  if (!place) return;
  const close = h("button", { type: "button", class: "toast-close", "aria-label": t("ปิด") }, icon("x"));
  const box = h("div", { class: `toast toast--${kind}`, role: "status" }, icon(kind === "bad" ? "bad" : "good"), h("span", {}, sentence), close);
  place.append(box);
}

document.addEventListener("click", (event) => {
  const close = event.target.closest(".toast-close");
  if (close) close.closest(".toast").remove();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const button = event.detail.requestConfig?.triggeringEvent?.submitter ?? event.detail.elt;
  if (button?.matches?.(".btn")) button.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", () => {
  for (const button of document.querySelectorAll('.btn[aria-busy="true"]')) button.removeAttribute("aria-busy");
});

document.addEventListener("htmx:afterSwap", (event) => {
  const said = event.target.querySelector?.("[data-announce]") ?? event.target.closest?.("[data-announce]");
  if (said) announce(said.dataset.announce || said.textContent.trim());
});

document.addEventListener("htmx:sendError", () => toast(t("ไม่มีสัญญาณ ยังไม่ได้ทำ ลองอีกครั้งเมื่อกลับมา")));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401 || status === 403) toast(t("หมดเวลาใช้งานหรือไม่มีสิทธิ์ โหลดหน้านี้ใหม่แล้วเข้าสู่ระบบ"));
  else if (status === 404) toast(t("ไม่พบรายการนี้แล้ว โหลดหน้านี้ใหม่"));
  else toast(t("ระบบขัดข้อง ยังไม่ได้ทำ ลองอีกครั้ง"));
});
