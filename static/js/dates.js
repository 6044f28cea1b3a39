/*
  A calendar beside a text field, <input class="input" data-date>: of the Buddhist Era, on English pages of the Common Era.
  The field stays a text field; the server reads "29 พ.ย. 69" and says what it understood.
  data-min and data-max (ISO dates) limit the days that can be picked.
*/
import { h, icon, t } from "./words.js";

const ERA = 543;
const ENGLISH = document.documentElement.lang.startsWith("en");
const SHIFT = ENGLISH ? 0 : ERA;
const THAI_SHORT = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."];
const THAI_LONG = ["มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"];
const ENGLISH_LONG = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const ENGLISH_SHORT = ENGLISH_LONG.map((name) => name.slice(0, 3));
const SHORT = ENGLISH ? ENGLISH_SHORT : THAI_SHORT;
const LONG = ENGLISH ? ENGLISH_LONG : THAI_LONG;
const THAI_DAYS = [["จ", "จันทร์"], ["อ", "อังคาร"], ["พ", "พุธ"], ["พฤ", "พฤหัสบดี"], ["ศ", "ศุกร์"], ["ส", "เสาร์"], ["อา", "อาทิตย์"]];
const ENGLISH_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"].map((name) => [name.slice(0, 2), name]);
const DAYS = ENGLISH ? ENGLISH_DAYS : THAI_DAYS;

/** Return the day a text means, or null; only to open the calendar at the right month. */
export function read(text) {
  const plain = text.trim().replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50));
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(plain);
  if (iso) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const slashed = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})$/.exec(plain);
  if (slashed) return day(Number(slashed[3]), Number(slashed[2]), Number(slashed[1]));
  const named = /^(\d{1,2})\s*([ก-๙.]+?|[a-z]+\.?)\s*(\d{2,4})$/i.exec(plain);
  if (!named) return null;
  const word = named[2].replaceAll(".", "").toLowerCase();
  const month = THAI_SHORT.findIndex((short, index) => {
    const names = [short.replaceAll(".", ""), THAI_LONG[index], ENGLISH_SHORT[index].toLowerCase(), ENGLISH_LONG[index].toLowerCase()];
    return names.includes(word);
  });
  return month < 0 ? null : day(Number(named[3]), month + 1, Number(named[1]));
}

function day(year, month, date) {
  const full = year < 100 ? year + 2500 : year;
  const made = new Date(full >= 2400 ? full - ERA : full, month - 1, date);
  return made.getMonth() === month - 1 ? made : null;
}

/** Return the text that the field gets. */
export function write(date) {
  return `${date.getDate()} ${SHORT[date.getMonth()]} ${date.getFullYear() + SHIFT}`;
}

const same = (one, other) => one && other && one.toDateString() === other.toDateString();
const isoOf = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;

class Calendar {
  constructor(input) {
    this.input = input;
    this.button = h("button", { type: "button", class: "btn date-open", "aria-label": t("เปิดปฏิทิน"), "aria-expanded": "false" }, icon("calendar"));
    const box = h("span", { class: "date" });
    input.replaceWith(box);
    box.append(input, this.button);
    this.box = box;
    this.button.addEventListener("click", () => (this.panel ? this.close() : this.open()));
    box.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("pointerdown", (event) => {
      if (this.panel && !box.contains(event.target)) this.close(false);
    });
    box.addEventListener("focusout", (event) => {
      if (this.panel && event.relatedTarget && !box.contains(event.relatedTarget)) this.close(false);
    });
  }

  get today() {
    const text = document.documentElement.dataset.today;
    return (text && read(text)) || new Date();
  }

  open() {
    this.picked = read(this.input.value);
    this.at = this.picked ?? this.today;
    this.panel = h("div", { class: "cal", role: "dialog", "aria-label": t("เลือกวันที่") });
    this.box.append(this.panel);
    this.button.setAttribute("aria-expanded", "true");
    this.draw();
  }

  close(back = true) {
    this.panel.remove();
    this.panel = null;
    this.button.setAttribute("aria-expanded", "false");
    if (back) this.input.focus();
  }

  draw(focus = true) {
    const year = this.at.getFullYear();
    const month = this.at.getMonth();
    const turn = (step) => {
      const button = h("button", { type: "button", class: "btn btn--small btn--quiet", "aria-label": step < 0 ? t("เดือนก่อน") : t("เดือนถัดไป") });
      const other = SHORT[(month + step + 12) % 12];
      button.append(step < 0 ? `‹ ${other}` : `${other} ›`);
      button.addEventListener("click", () => {
        this.at = new Date(year, month + step, 1);
        this.draw(false);
        this.panel.querySelectorAll("button.btn--quiet")[step < 0 ? 0 : 1].focus();
      });
      return button;
    };
    const heads = DAYS.map(([short, long]) => h("th", { scope: "col", abbr: long }, short));
    const rows = [];
    let cells = Array.from({ length: (new Date(year, month, 1).getDay() + 6) % 7 }, () => h("td"));
    for (let date = 1; date <= new Date(year, month + 1, 0).getDate(); date += 1) {
      cells.push(this.cell(new Date(year, month, date)));
      if (cells.length === 7) {
        rows.push(h("tr", {}, ...cells));
        cells = [];
      }
    }
    if (cells.length) rows.push(h("tr", {}, ...cells));
    this.panel.replaceChildren(
      h("div", { class: "row row--between" }, turn(-1), h("b", { "aria-live": "polite" }, `${LONG[month]} ${year + SHIFT}`), turn(1)),
      h("table", { class: "mt-s" }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)),
    );
    if (focus) this.panel.querySelector('button[tabindex="0"]')?.focus();
  }

  cell(date) {
    const iso = isoOf(date);
    const outside = (this.input.dataset.min && iso < this.input.dataset.min) || (this.input.dataset.max && iso > this.input.dataset.max);
    const button = h(
      "button",
      {
        type: "button",
        class: same(date, this.today) ? "cal-day today" : "cal-day",
        tabindex: same(date, this.at) ? "0" : "-1",
        "aria-pressed": same(date, this.picked) ? "true" : null,
        "aria-label": `${date.getDate()} ${LONG[date.getMonth()]} ${date.getFullYear() + SHIFT}`,
        disabled: Boolean(outside),
      },
      String(date.getDate()),
    );
    button.addEventListener("click", () => {
      this.input.value = write(date);
      this.input.dispatchEvent(new Event("input", { bubbles: true }));
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
      this.close();
    });
    return h("td", {}, button);
  }

  onKey(event) {
    if (event.key === "ArrowDown" && event.altKey && event.target === this.input) {
      event.preventDefault();
      this.open();
      return;
    }
    if (!this.panel) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
      return;
    }
    if (!event.target.matches(".cal-day")) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const turn = { PageUp: -1, PageDown: 1 }[event.key];
    if (!step && !turn) return;
    event.preventDefault();
    const { at } = this;
    this.at = step
      ? new Date(at.getFullYear(), at.getMonth(), at.getDate() + step)
      : new Date(at.getFullYear(), at.getMonth() + turn, Math.min(at.getDate(), 28));
    this.draw();
  }
}

function start(root) {
  for (const input of root.querySelectorAll("input[data-date]")) {
    if (input.dataset.started) continue;
    input.dataset.started = "1";
    new Calendar(input);
  }
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target.parentNode ?? document));
