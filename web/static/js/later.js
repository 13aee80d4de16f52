// A form with data-later is kept on this device before it is sent, and forgotten when its answer is there: without a
// network it waits, and goes out once, with its key, when there is one again. Loaded once the page is drawn.
import "/static/keep.js";
import "/static/notes.js";
import { able, forget, put, take, takeAll, who } from "/static/vault.js";

const WAITING = "waiting", DRAFT = "draft", REFUSED = "refused", OUT = "out", BUSY = "busy";
const STATES = [WAITING, DRAFT, REFUSED, OUT, BUSY];
const PAUSE_MS = 500, BUSY_MS = 400, AGAIN_MS = 15_000, GIVEN_UP_MS = 30_000;
const AWAY = "away";
const me = who();

const addressOf = (form) => new URL(form.getAttribute("action"), location.href).pathname;
const formAt = (address) => [...document.querySelectorAll("form[data-later]")].find((one) => addressOf(one) === address);

function said(form, submitter) {
  const fields = [...new FormData(form, submitter)].filter(([, value]) => typeof value === "string");
  return { page: location.pathname, action: form.getAttribute("action"), fields };
}

function noteOf(form) {
  const dock = form.querySelector(".dock"), note = document.getElementById("kept") || document.createElement("p");
  if (dock) dock.append(note); else form.after(note);
  return note;
}

// The state in words, by the form's main button and in the live region; `out` leads to the way in.
function tell(form, state) {
  if (!form) return;
  const [words, way] = form.dataset.later.split("|")[STATES.indexOf(state)].split("~"), note = noteOf(form);
  if (note.dataset.state === state) return;
  note.id = "kept";
  note.dataset.state = state;
  note.className = [REFUSED, OUT].includes(state) ? "note rust" : "note sun";
  const line = document.createElement("span");
  line.textContent = words;
  if (way) {
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = way;
    line.append(" ", link);
  }
  note.replaceChildren(line);
  const live = document.getElementById("live");
  if (live) live.textContent = words;
}

// While the line is slow the form says so, and a second press changes nothing.
function busy(form) {
  const later = setTimeout(() => {
    form.setAttribute("aria-busy", "true");
    tell(form, BUSY);
  }, BUSY_MS);
  form.dataset.sending = "";
  return () => {
    clearTimeout(later);
    form.removeAttribute("aria-busy");
    delete form.dataset.sending;
  };
}

// The answer; "away" when none came.
async function posted({ action, fields }) {
  try {
    return await fetch(action, {
      method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true" },
      signal: AbortSignal.timeout(GIVEN_UP_MS),
    });
  } catch {
    return AWAY;
  }
}

// As the browser itself would send it: whatever the server has to say is then a page of its own.
function hand({ action, fields }) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of fields) {
    const field = form.appendChild(document.createElement("input"));
    field.type = "hidden";
    field.name = name;
    field.value = value;
  }
  document.body.append(form);
  form.submit();
}

function go(url) {
  const to = new URL(url, location.href), here = to.pathname + to.search === location.pathname + location.search;
  if (!here) return location.assign(to);
  history.replaceState(null, "", to);
  return location.reload();
}

const onward = (answer) => answer.ok && answer.headers.get("HX-Redirect");
const isWiped = () => !who();     // the answer took the mark with it, and all that was kept here

let presses = 0;
async function press(form, submitter) {
  const address = addressOf(form), now = said(form, submitter), rest = busy(form);
  presses += 1;
  try {
    await put(address, WAITING, now);
    const answer = await inTurn(() => posted(now));
    rest();
    if (answer === AWAY) wait(form);
    else if (onward(answer)) await forget(address).then(() => go(onward(answer)));
    else if (answer.status === 401 && !isWiped()) tell(form, OUT);
    else await forget(address).finally(() => hand(now));
  } catch {
    rest();
    hand(now);
  }
}

// Over all windows of this browser one at a time.
const inTurn = (act) => navigator.locks.request("ithaca-kept", act);

let again;
function wait(form) {
  tell(form, WAITING);
  clearTimeout(again);
  again = setTimeout(flush, AGAIN_MS);
}

// What waits goes out. What the server will never take stays here with its words; the rest is tried again.
async function flush() {
  if (!able || !who()) return;
  await inTurn(async () => {
    const waiting = (await takeAll()).filter((one) => one.state === WAITING);
    for (const one of waiting) {
      const form = formAt(one.address), answer = await posted(one);
      if (answer === AWAY) return wait(form);
      if (answer.status === 401) return isWiped() ? hand(all(waiting)) : tell(form, OUT);
      if (answer.status >= 500 || answer.status === 429) return wait(form);
      if (answer.ok) {
        await forget(one.address);
        if (one.page === location.pathname) go(onward(answer) || one.page);
      } else {
        await put(one.address, REFUSED, one);
        tell(form, REFUSED);
      }
    }
    return undefined;
  }).catch(() => {});
}

// A device that was signed out from elsewhere keeps nothing: the page of refusal gives all of it back, to be copied.
const all = (waiting) => ({ action: waiting[0].action, fields: waiting.flatMap((one) => one.fields) });

function fill(form, fields) {
  for (const control of form.elements) {
    const values = fields.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
    else if (values.length && control.type !== "submit") [control.value] = values;
  }
}

async function restore() {
  for (const form of document.querySelectorAll("form[data-later]")) {
    const kept = await take(addressOf(form));
    if (kept) {
      fill(form, kept.fields);
      tell(form, kept.state);
    }
  }
}

const isOther = (submitter) => submitter?.hasAttribute("formaction") || submitter?.name;
const isMain = (submitter) => !isOther(submitter) || submitter.classList.contains("main-action");
// What waits are a form's own words, sent by its main button; its other buttons need an answer at once.
let resting;
addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-later]");
  if (!able || !form || !isMain(event.submitter)) return;
  if (form.dataset.hxPost) return;      // htmx sends it, and tells when no answer came
  event.preventDefault();
  event.stopImmediatePropagation();
  clearTimeout(resting);
  if (who() && who() !== me) location.reload();     // somebody else signed in meanwhile: nobody sends for another
  else if (!("sending" in form.dataset)) press(form, event.submitter);
}, true);

// A browser may think that there is no network where ours is this very machine: only no answer counts.
const isAway = () => fetch("/healthz", { cache: "no-store" }).then(() => false, () => true);

async function draft(form) {
  const begun = presses;
  if (!await isAway() || begun !== presses) return;
  await put(addressOf(form), DRAFT, said(form));
  tell(form, DRAFT);
}

addEventListener("input", (event) => {
  const form = event.target.closest("form[data-later]");
  if (!able || !form || navigator.onLine) return;
  clearTimeout(resting);
  resting = setTimeout(() => draft(form), PAUSE_MS);
});

document.addEventListener("htmx:sendError", ({ target }) => {
  if (able && target.matches("form[data-later]")) put(addressOf(target), WAITING, said(target)).then(() => wait(target));
});

// Notes that were saved as they were written need no copy here any more.
document.addEventListener("htmx:afterOnLoad", async ({ target, detail }) => {
  const form = target.closest?.("form[data-later]"), address = form && addressOf(form);
  if (!able || !form || target === form || !detail.successful) return;
  if ((await take(address))?.state === DRAFT) await forget(address).then(() => document.getElementById("kept")?.remove());
});

addEventListener("online", flush);
const begun = able ? restore().then(flush) : Promise.resolve();
begun.catch(() => {}).finally(() => { document.documentElement.dataset.later = "on"; });
