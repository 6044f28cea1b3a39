/*
  The entry grid: figures typed one after another, each row saved on its own.

  MARKUP (everything with data-… is read by this file; classes are only looks)

  <form method="post" action="…" data-grid
        data-save-url="…"           POST target of one row
        data-csrf="{{ csrf_token }}"
        data-key="kpi-2570-1"       names this grid on the device (what was typed offline is kept under it)
        data-user="{{ user.pk }}"
        data-login-url="{% url 'account_login' %}"
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
  409 {"clash": {"theirs": {"value": "1,196"}, "by": "นายสันต์", "at": "13:59", "version": 5}}
       both values are shown; "mine" sends again with version 5, "theirs" takes it over without sending
  409 {"refusal": "ประโยค", "code": "…"}        shown under the row; what was typed stays
  422 {"errors": {"numerator": "ประโยค", "": "ประโยคของทั้งแถว"}}
  401, 403 or a redirect to the login page: the text stays on the device and is sent after signing in again.
*/
