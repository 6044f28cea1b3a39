/*
  What was typed survives an expired session: <form data-keep="<name>"> is kept on the device while it is typed,
  put back after signing in again, and removed once it arrived, at sign-out, or when someone else signs in.
  Passwords, files and hidden fields are never kept. Forms on personal rows do not carry data-keep.
*/
import * as shelf from "./shelf.js";
import { h, t } from "./words.js";

const user = document.body.dataset.user ?? "";
const isLogin = document.body.dataset.page === "login";
const KEPT = "input:not([type=password]):not([type=file]):not([type=hidden]):not([type=submit]), textarea, select";
const index = "forms";

const valueOf = (field) => (field.type === "checkbox" || field.type === "radio" ? field.checked : field.value);
const nameOf = (field) => (field.type === "radio" || field.type === "checkbox" ? `${field.name}=${field.value}` : field.name);

function fieldsOf(form) {
  return [...form.querySelectorAll(KEPT)].filter((field) => field.name && field.closest("form") === form);
}

function remember(form, started, sent = false) {
  const entry = shelf.take(user, index);
  const fields = {};
  for (const field of fieldsOf(form)) {
    if (valueOf(field) !== started.get(field)) fields[nameOf(field)] = valueOf(field);
  }
  if (Object.keys(fields).length) entry[form.dataset.keep] = { fields, sent };
  else delete entry[form.dataset.keep];
  shelf.keep(user, index, entry);
}

function putBack(form) {
  const kept = shelf.take(user, index)[form.dataset.keep];
  if (!kept) return;
  const entry = shelf.take(user, index);
  if (kept.sent && !kept.interrupted) {
    delete entry[form.dataset.keep];
    shelf.keep(user, index, entry);
    return;
  }
  let back = 0;
  for (const field of fieldsOf(form)) {
    const value = kept.fields[nameOf(field)];
    if (value === undefined || valueOf(field) === value) continue;
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
    back += 1;
  }
  if (back) form.prepend(h("div", { class: "note note--now mb", role: "status" }, t("นำสิ่งที่พิมพ์ค้างไว้ {n} ช่องกลับมาแล้ว", { n: back })));
}

if (user) {
  shelf.clear(user);
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const started = new Map(fieldsOf(form).map((field) => [field, valueOf(field)]));
    putBack(form);
    form.addEventListener("input", () => remember(form, started));
    form.addEventListener("change", () => remember(form, started));
    form.addEventListener("submit", () => remember(form, started, true));
  }
}

if (isLogin) {
  shelf.interrupt(index);
  const place = document.querySelector("[data-typed-kept]");
  const fields = shelf.count();
  if (place && fields) {
    place.replaceChildren(h("b", {}, t("หมดเวลาใช้งาน")), ` ${t("สิ่งที่พิมพ์ไว้ {n} ช่องยังอยู่ในเครื่องนี้ เข้าสู่ระบบแล้วทำต่อได้", { n: fields })}`);
    place.hidden = false;
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-sign-out]")) shelf.clear();
});
