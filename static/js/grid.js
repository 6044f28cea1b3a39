/*
  The entry grid: figures typed one after another, each row saved on its own.

  MARKUP (everything with data-… is read by this file; classes are only looks)

  <form method="post" action="…" data-grid
        data-save-url="…"           POST target of one row
        data-csrf="{{ csrf_token }}"
        data-key="kpi-2570-1"       names this grid on the device (what was typed offline is kept under it)
        data-user="{{ user.pk }}"
        data-login-url="{% url 'account_login' %}"
        [data-many]                 rows that wait together are sent in one request
        [data-personal]>            never keep anything on the device
    <span class="saved" data-saved role="status"></span>       "บันทึกแล้ว 14:03 น." is written here
    <table class="tbl tbl--entry entry a2">
      <tr id="r7" data-row="7">                                one row; a locked row has data-row and no cell
        <td class="typed"><div data-cells class="single">      receives is-error / is-conflict
          <input class="input input--num" name="value-7" inputmode="decimal" autocomplete="off"
                 data-cell data-row="7" data-field="value" data-version="3" aria-label="…">
          </div>
          <span class="understood" data-understood></span>     "อ่านได้ว่า 9,842" (one a row; filled by the answer)
        </td>
        <td class="n d2" data-ytd></td> <td data-achievement></td> <td data-state></td>
        <td class="note-cell"><input data-cell data-row="7" data-field="note" data-version="3" …></td>
      </tr>
      <tr class="more" data-more="7" hidden><td colspan="9" class="wide-m"></td></tr>   optional; made when needed
    </table>
  </form>

  A ratio row has <div data-cells class="ratio"> with two inputs, data-field="numerator" and "denominator", and
  <span class="res mid" data-result></span> for "= ร้อยละ 97.17". Field names are free ("obligated", "disbursed", …);
  "note" is the one name with a meaning: notes come after all figures in the tab order and take no pasted block.
  A cell with data-part is one part of the row's figure ("part-12", "part-12-n"): it is sent with the row, comes after
  all figures in the tab order and takes no pasted block; the answer's "parts" is written into [data-parts].
  A <select data-cell data-way data-field="counts"> says how the row's figure counts; it is sent with the row and takes
  no pasted block; the answer's "quarter" is written into [data-quarter].
  data-version is the row's version: every input of a row carries the same one.
  A counter anywhere on the page, <b data-count="filled">8</b>, is rewritten from the answer's counts.
  A form elsewhere that must wait until all rows are saved: <form data-after-grid>.
  Without JavaScript the same form posts all inputs by name; names are <field>-<row>.

  SAVE, when a row's cell is left with a new text (and after a paste or an undo):
  POST application/x-www-form-urlencoded, X-CSRFToken:  row=7 & version=3 & value=๙,๘๔๒
  All fields of the row that are not "note" are sent together, as typed; note only when it changed.
  A half-filled pair waits until the row is left.

  200 {"ok": true, "saved_at": "14:03", "version": 4,
       "understood": {"value": "9,842"},        shown when it differs from what was typed; may be a string or null
       "result": "97.17", "ytd": "26,310", "achievement": "93.02",     texts; null or "" shows "…"
       "achievement_html": "…", "state_html": "…",                     trusted markup from our own templates
       "warning": "…" | null, "counts": {"filled": 8, "ready": 5}}     all but ok, saved_at, version optional
       Values equal to what is stored are a 200 whatever the version, so that a text sent twice never clashes.
  409 {"clash": {"theirs": {"value": "1,196"}, "by": "นายสันต์", "at": "13:59", "version": 5}}
       both values are shown; "mine" sends again with version 5, "theirs" takes it over without sending
  409 {"refusal": "ประโยค", "code": "…"}        shown under the row; what was typed stays
  422 {"errors": {"numerator": "ประโยค", "": "ประโยคของทั้งแถว"}}
  With data-many several rows go in one request: rows=7,8 & version-7=3 & value-7=๙,๘๔๒ & version-8=0 & …, and the
  answer is 200 {"rows": {"7": {"ok": true, …}, "8": {"errors": {…}}}}, each as for one row.
  401, 403 or a redirect to the login page: the text stays on the device and is sent after signing in again, in another
  tab too: the page takes the new token, where the same person signed in.
*/
import * as shelf from "./shelf.js";
import { clock, h, icon, t } from "./words.js";

const RETRY_MS = 15000;
const ROWS_AT_ONCE = 20;
const NOTE = "note";

class Grid {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.saveUrl;
    this.key = form.dataset.key ?? window.location.pathname;
    this.user = form.dataset.user ?? "";
    this.personal = "personal" in form.dataset;
    this.cells = [...form.querySelectorAll("[data-cell]")];
    this.rows = new Map();
    this.undoSteps = [];
    this.queue = new Set();
    this.waiting = new Set();
    this.clashes = new Map();
    this.rejected = new Map();
    this.underway = new Map();
    this.sending = null;
    this.mark = form.querySelector("[data-saved]");
    for (const cell of this.cells) {
      cell.dataset.sent = cell.value;
      cell.dataset.settled = cell.value;
      const row = this.rows.get(cell.dataset.row) ?? [];
      row.push(cell);
      this.rows.set(cell.dataset.row, row);
    }
    this.rowOrder = [...form.querySelectorAll("tr[data-row], [data-row-group][data-row]")].map((row) => row.dataset.row);
    if (!this.rowOrder.length) this.rowOrder = [...this.rows.keys()];
    this.listen();
    this.restore();
    this.beReady();
    this.offer();
  }

  /* With nothing to send there is nothing to press; what is still being typed may become something. */
  offer() {
    const ready = document.querySelector("[data-count=ready]");
    if (!ready) return;
    for (const button of document.querySelectorAll("form[data-after-grid] [type=submit]")) {
      button.disabled = Number(ready.textContent) === 0 && !this.dirtyRows().length;
    }
  }

  /* On a desk the first empty figure waits for the first key. */
  beReady() {
    const idle = !document.activeElement || document.activeElement === document.body;
    if (!idle || window.location.hash || !window.matchMedia("(min-width: 61em)").matches) return;
    const first = this.stops.figures.find((cell) => !cell.value);
    first?.focus({ preventScroll: true });
  }

  /* — places — */

  figures(row) {
    return (this.rows.get(row) ?? []).filter((cell) => cell.dataset.field !== NOTE && !("part" in cell.dataset) && !("way" in cell.dataset) && !cell.disabled && !cell.readOnly);
  }

  get stops() {
    const figures = this.rowOrder.flatMap((row) => this.figures(row));
    const rest = [...this.form.querySelectorAll("table a[href], table button, table input, table select, table textarea")]
      .filter((node) => !figures.includes(node) && !node.disabled && node.type !== "hidden" && node.offsetParent !== null);
    return { figures, all: [...figures, ...rest] };
  }

  part(row, name) {
    return this.form.querySelector(`tr[data-row="${CSS.escape(row)}"] [data-${name}]`);
  }

  /* — events — */

  listen() {
    this.form.addEventListener("keydown", (event) => this.onKey(event));
    this.form.addEventListener("paste", (event) => this.onPaste(event));
    this.form.addEventListener("input", (event) => {
      const cell = event.target.closest("[data-cell]");
      if (cell) this.shelve(cell.dataset.row);
    });
    this.form.addEventListener("change", (event) => {
      if (event.target.matches("select[data-cell]")) this.settle(event.target, null);
    });
    this.form.addEventListener("focusin", (event) => {
      if (event.target.matches("[data-cell]") && event.target.type === "text") event.target.select();
    });
    this.form.addEventListener("focusout", (event) => {
      const cell = event.target.closest("[data-cell]");
      if (cell) this.settle(cell, event.relatedTarget);
    });
    document.addEventListener("keydown", (event) => {
      this.steppingIn = event.key === "Tab" && !event.shiftKey && !this.form.querySelector("table")?.contains(event.target);
    });
    this.form.addEventListener("focusin", (event) => {
      const { figures, all } = this.stops;
      if (this.steppingIn && all.indexOf(event.target) >= figures.length) figures[0]?.focus();
      this.steppingIn = false;
    });
    window.addEventListener("online", () => this.retry());
    window.addEventListener("focus", () => {
      if (this.ended) this.retry();
    });
    window.addEventListener("pagehide", () => this.flushOnLeave());
    window.addEventListener("beforeunload", (event) => {
      if (this.personal && this.dirtyRows().length) event.preventDefault();
    });
    for (const form of document.querySelectorAll("form[data-after-grid]")) {
      form.addEventListener("submit", (event) => this.holdUntilSaved(event, form));
    }
    this.form.addEventListener("submit", (event) => this.holdUntilSaved(event, this.form));
  }

  onKey(event) {
    const cell = event.target.closest("[data-cell]");
    const { figures, all } = this.stops;
    const go = (node) => {
      if (!node) return;
      event.preventDefault();
      node.focus();
    };
    if (event.key === "Tab" && !event.ctrlKey && !event.altKey) {
      const at = all.indexOf(event.target);
      if (at >= 0) go(all[at + (event.shiftKey ? -1 : 1)]);
      return;
    }
    // A choice keeps its own keys.
    if (!cell || cell.tagName === "SELECT") return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey) {
      if (cell.value === cell.dataset.settled && this.undoSteps.length) {
        event.preventDefault();
        this.undo();
      }
      return;
    }
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const at = figures.indexOf(cell);
      if ("part" in cell.dataset) this.besidePart(cell, event.shiftKey ? -1 : 1)?.focus();
      else if (at < 0) this.besideInColumn(cell, event.shiftKey ? -1 : 1)?.focus();
      else if (figures[at + (event.shiftKey ? -1 : 1)]) figures[at + (event.shiftKey ? -1 : 1)].focus();
      else this.settle(cell, null);
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      go("part" in cell.dataset ? this.besidePart(cell, step) : this.besideInColumn(cell, step));
      return;
    }
    if (event.key === "ArrowRight" && cell.selectionStart === cell.value.length && figures.includes(cell)) {
      go(figures[figures.indexOf(cell) + 1]);
      return;
    }
    if (event.key === "ArrowLeft" && cell.selectionEnd === 0 && figures.includes(cell)) {
      go(figures[figures.indexOf(cell) - 1]);
      return;
    }
    if (event.key === "Escape" && cell.value !== cell.dataset.settled) {
      event.preventDefault();
      cell.value = cell.dataset.settled;
      this.shelve(cell.dataset.row);
    }
  }

  /* The parts of one row lead to each other, and the last one on to the next row's figure. */
  besidePart(cell, step) {
    const parts = (this.rows.get(cell.dataset.row) ?? []).filter((each) => "part" in each.dataset);
    const next = parts[parts.indexOf(cell) + step];
    if (next) return next;
    const row = this.rowOrder[this.rowOrder.indexOf(cell.dataset.row) + Math.max(0, step)];
    return row === undefined ? null : this.figures(row)[0];
  }

  besideInColumn(cell, step) {
    const isNote = cell.dataset.field === NOTE;
    const column = isNote ? 0 : this.figures(cell.dataset.row).indexOf(cell);
    for (let at = this.rowOrder.indexOf(cell.dataset.row) + step; at >= 0 && at < this.rowOrder.length; at += step) {
      const beside = isNote
        ? (this.rows.get(this.rowOrder[at]) ?? []).filter((other) => other.dataset.field === NOTE)
        : this.figures(this.rowOrder[at]);
      if (beside.length) return beside[Math.min(column, beside.length - 1)];
    }
    return null;
  }

  /* A block from a spreadsheet: a line a row, a tab a figure; locked rows use up their line, as in the sheet. */
  onPaste(event) {
    const cell = event.target.closest("[data-cell]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cell || !this.figures(cell.dataset.row).includes(cell) || !/[\n\t]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
    const column = Math.max(0, this.figures(cell.dataset.row).indexOf(cell));
    const start = this.rowOrder.indexOf(cell.dataset.row);
    const step = [];
    let locked = 0;
    let left = 0;
    lines.forEach((line, offset) => {
      const row = this.rowOrder[start + offset];
      if (row === undefined) {
        left += 1;
        return;
      }
      const figures = this.figures(row);
      if (!figures.length) {
        locked += 1;
        return;
      }
      const values = line.split("\t");
      const first = Math.min(column, figures.length - 1);
      values.forEach((value, index) => {
        const target = figures[first + index];
        if (!target) {
          if (value.trim()) left += 1;
          return;
        }
        const after = value.trim();
        if (target.value === after) return;
        step.push({ cell: target, before: target.value, after });
        target.value = after;
      });
    });
    if (step.length) this.undoSteps.push(step);
    const rows = new Set();
    for (const { cell: changed } of step) {
      changed.dataset.settled = changed.value;
      rows.add(changed.dataset.row);
    }
    for (const row of rows) this.enqueue(row);
    const parts = [t("วางแล้ว {n} ช่อง", { n: step.length })];
    if (locked) parts.push(t("ข้าม {n} แถวที่แก้ไม่ได้", { n: locked }));
    if (left) parts.push(t("เหลือ {n} ค่าที่ไม่มีช่องรับ", { n: left }));
    this.say(parts.join(" · "));
  }

  undo() {
    const step = this.undoSteps.pop();
    const rows = new Set();
    for (const { cell, before } of step) {
      cell.value = before;
      cell.dataset.settled = before;
      rows.add(cell.dataset.row);
    }
    step[0].cell.focus();
    for (const row of rows) this.enqueue(row);
    this.say(t("เลิกทำแล้ว {n} ช่อง", { n: step.length }));
  }

  /* — saving — */

  settle(cell, movingTo) {
    if (cell.value !== cell.dataset.settled) {
      this.undoSteps.push([{ cell, before: cell.dataset.settled, after: cell.value }]);
      cell.dataset.settled = cell.value;
    }
    const row = cell.dataset.row;
    if (!this.isDirty(row)) return;
    const stays = movingTo?.dataset?.row === row && movingTo.matches("[data-cell]");
    const figures = this.figures(row);
    const halfFilled = figures.some((figure) => figure.value.trim()) && figures.some((figure) => !figure.value.trim());
    if (stays && halfFilled) return;
    this.enqueue(row);
  }

  isDirty(row) {
    return (this.rows.get(row) ?? []).some((cell) => cell.value !== cell.dataset.sent);
  }

  dirtyRows() {
    return [...this.rows.keys()].filter((row) => this.isDirty(row));
  }

  enqueue(row) {
    this.shelve(row);
    if (!this.isDirty(row)) return;
    if (this.clashes.has(row)) {
      const shown = this.form.querySelector(`#clash-${CSS.escape(row)}`)?.dataset.mine;
      if (shown !== this.bodyOf(row).toString()) this.clash(row, this.clashes.get(row));
      return;
    }
    const asked = this.bodyOf(row).toString();
    if (this.rejected.get(row) === asked || this.underway.get(row) === asked) return;
    this.waiting.delete(row);
    this.queue.add(row);
    this.sending ??= this.drain();
  }

  async drain() {
    // What is pasted or undone together goes together.
    await undefined;
    while (this.queue.size) {
      const rows = [...this.queue].slice(0, "many" in this.form.dataset ? ROWS_AT_ONCE : 1);
      for (const row of rows) this.queue.delete(row);
      this.underway = new Map(rows.map((row) => [row, this.bodyOf(row).toString()]));
      await this.send(rows);
      this.underway.clear();
    }
    this.sending = null;
  }

  bodyOf(row) {
    const body = new URLSearchParams({ row });
    const cells = this.rows.get(row);
    body.set("version", cells[0].dataset.version ?? "");
    for (const cell of cells) {
      if (cell.dataset.field !== NOTE || cell.value !== cell.dataset.sent) body.set(cell.dataset.field, cell.value);
    }
    return body;
  }

  blockOf(rows) {
    const body = new URLSearchParams({ rows: rows.join(",") });
    for (const row of rows) {
      for (const [name, value] of this.bodyOf(row)) if (name !== "row") body.set(`${name}-${row}`, value);
    }
    return body;
  }

  async send(rows, renewed = false) {
    const sent = new Map(rows.map((row) => [row, new Map(this.rows.get(row).map((cell) => [cell, cell.value]))]));
    const asked = new Map(rows.map((row) => [row, this.bodyOf(row).toString()]));
    const postpone = (reason) => rows.forEach((row) => this.postpone(row, reason));
    this.say(t("กำลังบันทึก"), "busy");
    let response;
    try {
      response = await fetch(this.url, {
        method: "POST",
        body: rows.length > 1 ? this.blockOf(rows) : this.bodyOf(rows[0]),
        headers: { "X-CSRFToken": this.form.dataset.csrf ?? "", Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
        credentials: "same-origin",
      });
    } catch {
      postpone();
      return;
    }
    if (response.status === 401 || response.status === 403 || response.redirected) {
      if (!renewed && (await this.renew())) {
        await this.send(rows, true);
        return;
      }
      for (const row of rows) this.expired(row);
      return;
    }
    if (response.status >= 500 || response.status === 429) {
      postpone(t("ระบบยังบันทึกไม่ได้"));
      return;
    }
    let answer = {};
    try {
      answer = await response.json();
    } catch {
      postpone(t("ระบบยังบันทึกไม่ได้"));
      return;
    }
    for (const row of rows) {
      const own = rows.length > 1 ? (answer.rows?.[row] ?? answer) : answer;
      this.take(row, response.ok && own.ok, own, asked.get(row), sent.get(row));
    }
  }

  /* A sign-in in another tab made this page's token stale: take the new one, if the same person signed in. */
  async renew() {
    try {
      const response = await fetch(window.location.href, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return false;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const { csrf, user } = page.querySelector("form[data-grid]")?.dataset ?? {};
      if (!csrf || user !== this.user) return false;
      this.form.dataset.csrf = csrf;
      for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = csrf;
      return true;
    } catch {
      return false;
    }
  }

  /* What the server said about one row. */
  take(row, ok, answer, asked, sent) {
    if (!ok) this.rejected.set(row, asked);
    if (ok) this.accept(row, sent, answer);
    else if (answer.clash) this.clash(row, answer.clash);
    else if (answer.errors) this.fault(row, answer.errors);
    else this.refuse(row, answer.refusal ?? answer.detail ?? t("บันทึกไม่ได้ ลองโหลดหน้านี้ใหม่"));
  }

  accept(row, sent, answer) {
    this.ended = false;
    this.setVersion(row, answer.version);
    for (const [cell, value] of sent) cell.dataset.sent = value;
    this.clearMarks(row);
    this.shelve(row);
    this.echo(row, answer, sent);
    if (answer.warning) this.more(row, h("div", { class: "note note--warn" }, answer.warning));
    for (const [name, number] of Object.entries(answer.counts ?? {})) {
      for (const place of document.querySelectorAll(`[data-count="${CSS.escape(name)}"]`)) place.textContent = number;
    }
    this.offer();
    if (this.isDirty(row) && !this.rows.get(row).includes(document.activeElement)) this.queue.add(row);
    if (this.waiting.size) this.sayWaiting();
    else this.say(t("บันทึกแล้ว {time} น.", { time: answer.saved_at ?? clock() }), "good");
  }

  echo(row, answer, sent = new Map()) {
    const understood = this.part(row, "understood");
    if (understood) {
      let text = answer.understood ?? "";
      if (typeof text === "object") {
        const typed = new Map([...sent].map(([cell, value]) => [cell.dataset.field, value.trim()]));
        text = Object.entries(text)
          .filter(([field, value]) => value && field !== NOTE && value !== typed.get(field))
          .map(([, value]) => value)
          .join(" ÷ ");
      }
      understood.textContent = text ? t("อ่านได้ว่า {value}", { value: text }) : "";
    }
    const result = this.part(row, "result");
    if (result && "result" in answer) {
      const unit = result.dataset.result || t("ร้อยละ");
      result.replaceChildren(`= ${unit} `, answer.result ? h("b", {}, answer.result) : "…");
    }
    const quarter = this.part(row, "quarter");
    if (quarter && "quarter" in answer) quarter.textContent = answer.quarter ? `= ${quarter.dataset.quarter} ${answer.quarter}` : "";
    const parts = this.part(row, "parts");
    if (parts && typeof answer.parts === "string") parts.textContent = answer.parts;
    const ytd = this.part(row, "ytd");
    if (ytd && "ytd" in answer) ytd.replaceChildren(answer.ytd ? h("b", {}, answer.ytd) : h("span", { class: "muted" }, "…"));
    const achievement = this.part(row, "achievement");
    if (achievement && answer.achievement_html !== undefined) achievement.innerHTML = answer.achievement_html;
    else if (achievement && "achievement" in answer) achievement.textContent = answer.achievement ?? "";
    const state = this.part(row, "state");
    if (state && answer.state_html !== undefined) state.innerHTML = answer.state_html;
  }

  setVersion(row, version) {
    if (version === undefined || version === null) return;
    for (const cell of this.rows.get(row)) cell.dataset.version = version;
  }

  /* — what went wrong, under the row — */

  more(row, ...content) {
    let line = this.form.querySelector(`tr[data-more="${CSS.escape(row)}"]`);
    if (!line) {
      const after = this.form.querySelector(`tr[data-row="${CSS.escape(row)}"]`);
      if (!after) return;
      line = h("tr", { class: "more", "data-more": row }, h("td", { colspan: after.cells.length, class: "wide-m" }));
      after.after(line);
    }
    line.cells[0].replaceChildren(...content);
    line.hidden = content.length === 0;
  }

  clearMarks(row) {
    this.more(row);
    for (const cell of this.rows.get(row)) {
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
      cell.closest("[data-cells]")?.classList.remove("is-error", "is-conflict");
      cell.closest("td")?.classList.remove("is-error", "is-conflict");
    }
  }

  markCells(row, cells, kind, id) {
    for (const cell of cells) {
      cell.setAttribute("aria-describedby", id);
      if (kind === "is-error") cell.setAttribute("aria-invalid", "true");
      (cell.closest("[data-cells]") ?? cell.closest("td"))?.classList.add(kind);
    }
  }

  fault(row, errors) {
    this.clearMarks(row);
    const id = `error-${row}`;
    const sentences = Object.values(errors).flat();
    const named = this.rows.get(row).filter((cell) => errors[cell.dataset.field]);
    this.markCells(row, named.length ? named : this.figures(row), "is-error", id);
    this.more(row, h("p", { class: "err", id, role: "alert" }, icon("bad"), h("span", {}, sentences.join(" · "))));
    const state = this.part(row, "state");
    state?.replaceChildren(h("a", { class: "b b--bad", href: `#${id}` }, icon("bad"), t("ต้องแก้")));
    this.say(t("ยังไม่ได้บันทึก {n} แถว", { n: this.dirtyRows().length }), "bad");
  }

  refuse(row, sentence) {
    this.clearMarks(row);
    this.more(row, h("div", { class: "refusal", role: "alert" }, icon("lock"), h("span", {}, sentence)));
    this.say(t("ยังไม่ได้บันทึก {n} แถว", { n: this.dirtyRows().length }), "bad");
  }

  clash(row, clash) {
    this.clearMarks(row);
    this.clashes.set(row, clash);
    const figures = this.figures(row);
    const theirs = typeof clash.theirs === "object" && clash.theirs !== null ? clash.theirs : { [figures[0]?.dataset.field]: clash.theirs };
    const show = (values) => values.map((value) => (value === "" || value === null || value === undefined ? t("ว่าง") : value)).join(" / ");
    const mine = show(figures.map((cell) => cell.value));
    const other = show(figures.map((cell) => theirs[cell.dataset.field] ?? cell.value));
    const id = `clash-${row}`;
    this.markCells(row, figures, "is-conflict", id);
    const useMine = h("button", { class: "btn btn--small", type: "button" }, t("ใช้ {value} ของฉัน", { value: mine }));
    const useTheirs = h("button", { class: "btn btn--small", type: "button" }, t("ใช้ {value} ของ{by}", { value: other, by: clash.by }));
    useMine.addEventListener("click", () => {
      this.clashes.delete(row);
      this.setVersion(row, clash.version);
      this.clearMarks(row);
      this.queue.add(row);
      this.sending ??= this.drain();
      figures[0]?.focus();
    });
    useTheirs.addEventListener("click", () => {
      this.clashes.delete(row);
      this.setVersion(row, clash.version);
      const step = [];
      for (const cell of this.rows.get(row)) {
        const value = theirs[cell.dataset.field];
        if (value === undefined) continue;
        if (cell.value !== value) step.push({ cell, before: cell.value, after: value });
        cell.value = value ?? "";
        cell.dataset.settled = cell.value;
        cell.dataset.sent = cell.value;
      }
      if (step.length) this.undoSteps.push(step);
      this.clearMarks(row);
      this.shelve(row);
      this.echo(row, clash);
      figures[0]?.focus();
      this.say(t("ใช้ค่าของ{by}แล้ว", { by: clash.by }), "good");
    });
    this.more(
      row,
      h(
        "div",
        { class: "clash", role: "alert", id, "data-mine": this.bodyOf(row).toString() },
        h(
          "div",
          {},
          h("b", {}, t("มีผู้แก้แถวเดียวกันขณะท่านพิมพ์")),
          ` ${t("ยังไม่มีค่าใดถูกทับ")}`,
          h("br"),
          h("span", { class: "nowrap" }, `${t("ของท่าน")} `, h("b", {}, mine), ` ${t("เวลา {time}", { time: clock() })}`),
          " · ",
          h("span", { class: "nowrap" }, `${t("ของ {by}", { by: clash.by })} `, h("b", {}, other), ` ${t("เวลา {time}", { time: clash.at ?? "" })}`),
        ),
        useMine,
        useTheirs,
      ),
    );
    const state = this.part(row, "state");
    state?.replaceChildren(h("span", { class: "b b--watch" }, icon("watch"), t("ค่าชนกัน")));
    this.say(t("ยังไม่ได้บันทึก {n} แถว", { n: this.dirtyRows().length }), "bad");
  }

  /* — no connection, no session — */

  postpone(row, reason = t("ไม่มีสัญญาณ")) {
    this.waiting.add(row);
    this.reason = reason;
    this.sayWaiting();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.retry(), RETRY_MS);
  }

  retry() {
    const rows = [...this.waiting];
    this.waiting.clear();
    for (const row of rows) this.enqueue(row);
  }

  sayWaiting() {
    const n = this.waiting.size;
    this.say(
      this.personal
        ? t("{reason} · {n} แถวยังไม่ได้บันทึก อย่าเพิ่งปิดหน้านี้", { reason: this.reason, n })
        : t("{reason} · เก็บไว้ในเครื่องนี้ {n} แถว จะส่งให้เองเมื่อกลับมา", { reason: this.reason, n }),
      "wait",
    );
  }

  expired(row) {
    this.waiting.add(row);
    this.ended = true;
    const here = window.location.pathname + window.location.search;
    const login = `${this.form.dataset.loginUrl ?? "/accounts/login/"}?next=${encodeURIComponent(here)}&expired=1`;
    const kept = this.personal ? t("หมดเวลาใช้งาน เปิดหน้าเข้าสู่ระบบในแท็บใหม่ แล้วกลับมาบันทึก") : t("หมดเวลาใช้งาน สิ่งที่พิมพ์ยังอยู่ในเครื่องนี้");
    const link = h("a", this.personal ? { href: login, target: "_blank", rel: "noopener" } : { href: login }, t("เข้าสู่ระบบแล้วทำต่อ"));
    this.more(row, h("div", { class: "note note--now", role: "alert" }, h("b", {}, kept), " ", link));
    this.say(kept, "wait");
  }

  /* — the device's shelf — */

  shelve(row) {
    this.offer();
    if (this.personal) return;
    const entry = shelf.take(this.user, this.key);
    const fields = {};
    for (const cell of this.rows.get(row)) if (cell.value !== cell.dataset.sent) fields[cell.dataset.field] = cell.value;
    if (Object.keys(fields).length) entry[row] = { fields, version: this.rows.get(row)[0].dataset.version, at: clock() };
    else delete entry[row];
    shelf.keep(this.user, this.key, entry);
  }

  restore() {
    if (this.personal) return;
    const entry = shelf.take(this.user, this.key);
    let fields = 0;
    for (const [row, kept] of Object.entries(entry)) {
      const cells = this.rows.get(row);
      if (!cells) {
        delete entry[row];
        continue;
      }
      for (const cell of cells) {
        const value = kept.fields?.[cell.dataset.field];
        if (value === undefined || value === cell.value) continue;
        cell.value = value;
        cell.dataset.settled = value;
        fields += 1;
      }
      if (kept.version && this.isDirty(row)) this.setVersion(row, kept.version);
    }
    shelf.keep(this.user, this.key, entry);
    for (const row of Object.keys(entry)) this.shelve(row);
    if (!fields) return;
    this.say(t("นำสิ่งที่พิมพ์ค้างไว้ {n} ช่องกลับมาแล้ว", { n: fields }));
    for (const row of Object.keys(entry)) this.enqueue(row);
  }

  flushOnLeave() {
    for (const row of this.dirtyRows()) {
      if (this.waiting.has(row) || this.clashes.has(row)) continue;
      const body = this.bodyOf(row);
      body.set("csrfmiddlewaretoken", this.form.dataset.csrf ?? "");
      navigator.sendBeacon?.(this.url, body);
    }
  }

  async holdUntilSaved(event, form) {
    const active = document.activeElement?.closest?.("[data-cell]");
    if (active) this.settle(active, null);
    if (!this.sending && !this.queue.size && !this.waiting.size && !this.dirtyRows().length) return;
    event.preventDefault();
    this.rejected.clear();
    this.retry();
    for (const row of this.dirtyRows()) this.enqueue(row);
    await this.sending;
    const unsaved = this.dirtyRows();
    if (!unsaved.length) {
      form.requestSubmit(event.submitter ?? undefined);
      return;
    }
    this.say(t("ยังส่งไม่ได้ มี {n} แถวที่ยังไม่ได้บันทึก", { n: unsaved.length }), "bad");
    this.figures(unsaved[0])[0]?.focus();
  }

  say(sentence, kind = "") {
    if (!this.mark) return;
    this.mark.classList.toggle("saved--wait", kind === "wait");
    this.mark.classList.toggle("saved--bad", kind === "bad");
    const mark = { good: "good", wait: "clock", bad: "bad" }[kind];
    this.mark.replaceChildren(...(mark ? [icon(mark), " "] : []), sentence);
  }
}

function start(root) {
  for (const form of root.querySelectorAll("form[data-grid]")) {
    if (form.dataset.started) continue;
    form.dataset.started = "1";
    new Grid(form);
  }
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target.parentNode ?? document));
