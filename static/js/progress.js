/*
  Long work that tells how far it is: <div class="prog" data-progress data-url="…">, see _components/progress.html.
  The address answers {"percent": 65, "label": "…", "detail": "…", "finished": false, "url": "…"};
  when it is finished the page moves to url, or shows the last answer where there is none.
*/
import { t } from "./words.js";

const FIRST_MS = 700;
const LAST_MS = 5000;

async function follow(box) {
  let pause = FIRST_MS;
  for (;;) {
    await new Promise((resolve) => {
      window.setTimeout(resolve, pause);
    });
    if (!box.isConnected) return;
    let state;
    try {
      const response = await fetch(box.dataset.url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      state = await response.json();
    } catch {
      box.querySelector("[data-detail]").textContent = t("ติดต่อระบบไม่ได้ชั่วคราว งานยังเดินต่อ จะถามใหม่ให้เอง");
      pause = LAST_MS;
      continue;
    }
    show(box, state);
    if (state.finished) {
      if (state.url) window.location.assign(state.url);
      return;
    }
    pause = Math.min(LAST_MS, pause * 1.3);
  }
}

function show(box, state) {
  const percent = Math.max(0, Math.min(100, Number(state.percent ?? 0)));
  const bar = box.querySelector("[role=progressbar]");
  bar.setAttribute("aria-valuenow", String(Math.round(percent)));
  bar.querySelector("[data-bar]").setAttribute("width", `${percent}%`);
  for (const name of ["label", "amount", "detail"]) {
    const place = box.querySelector(`[data-${name}]`);
    if (place && state[name] !== undefined) place.textContent = state[name];
  }
}

for (const box of document.querySelectorAll("[data-progress]")) follow(box);
