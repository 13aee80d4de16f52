// A form with data-later is kept on this device before it is sent, and forgotten when its answer is there: without a
// network it waits, and goes out once, with its key, when there is one again. What has data-now is not kept: it asks for
// an answer at once, and says when none came. Loaded once the page is drawn.
import "/static/keep.js";
import "/static/notes.js";
import { BUSY, DRAFT, isTold, NOW, OUT, REFUSED, tell, untell, WAITING } from "/static/told.js";
import { able, forget, put, take, takeAll, who } from "/static/vault.js";

const PAUSE_MS = 500, BUSY_MS = 400, AGAIN_MS = 15_000, GIVEN_UP_MS = 30_000;
const isOn = able && "later" in document.body.dataset;     // the words stand where somebody is signed in
const me = who();

const actionOf = (form, by) => by?.getAttribute("formaction") || form.getAttribute("action");
const placeOf = (form) => new URL(form.getAttribute("action"), location.href).pathname;
const forms = () => [...document.querySelectorAll("form[data-later]")];
const formAt = (place, among = forms()) => among.find((one) => placeOf(one) === place);
// The button that was pressed; none is the main one.
const buttonOf = (form, { button, action }) => [...form.elements].find((one) => one.type === "submit"
  && (button ? one.name && one.value === button : one.getAttribute("formaction") === action));
const isNow = (one) => "now" in one.dataset;
// A button with a name asks for one thing more beside what its form is for, and is kept beside it.
const isBeside = (form, by) => by?.name && !by.matches(".main-action") && form.querySelector(".main-action");

function said(form, by) {
  return { page: location.pathname, form: placeOf(form), action: actionOf(form, by), fields: [...new FormData(form, by)] };
}

// What is kept of a press: the form, of which the last wording alone goes out; of a button beside it only its own part.
// The long texts stay with the form. What a button adds may be added several times, so each has a place of its own.
function kept(form, by) {
  const now = said(form, by);
  if (!isBeside(form, by)) return { place: now.form, words: now };
  const adds = by.dataset.adds, quoted = adds && form.elements[adds].value;
  by.dataset.place ||= `${now.form}#${adds ? crypto.randomUUID() : by.value}`;
  const fields = now.fields.filter(([name]) => form.elements[name].type !== "textarea");
  return { place: by.dataset.place, words: { ...now, fields, button: by.value, quoted } };
}

// While the line is slow the form says so, and a second press changes nothing.
function busy(form, place, by) {
  const later = setTimeout(() => {
    form.ariaBusy = "true";
    tell(form, place, BUSY, { by });
  }, BUSY_MS);
  form.dataset.sending = "";
  return () => {
    clearTimeout(later);
    form.ariaBusy = null;
    delete form.dataset.sending;
  };
}

// The answer, or nothing when none came.
const posted = ({ action, fields }) => fetch(action, {
  method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true" },
  signal: AbortSignal.timeout(GIVEN_UP_MS),
}).catch(() => {});

// As the browser itself would send it: whatever the server has to say is then a page of its own.
function hand({ action, fields }) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  form.onformdata = ({ formData }) => fields.forEach((field) => formData.append(...field));
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
// Where nobody is signed in any more, the answer took the mark with it, and all that was kept here: see who().

// A button of a form that waits, which itself does not: the browser sends it, if there is a network at all.
async function ask(form, by) {
  const place = placeOf(form), rest = busy(form, place, by);
  if (!await isAway()) return hand(said(form, by));
  rest();
  return tell(form, place, NOW, { by });
}

let presses = 0;
const edited = new Set();     // fields
const unmark = (form) => [...form.elements].forEach((field) => edited.delete(field));
async function press(form, by) {
  const now = said(form, by), { place, words } = kept(form, by), waits = !isNow(form);
  const at = isBeside(form, by) || by?.hasAttribute("formaction") ? by : undefined, rest = busy(form, place, at);
  presses += 1;
  if (!isBeside(form, by)) unmark(form);
  try {
    if (waits) await put(place, WAITING, words);
    const answer = await inTurn(() => posted(now));
    rest();
    if (!answer) return waits ? rested(form, at, place, words) : tell(form, place, NOW, { by: at });
    if (answer.status === 401 && waits && who()) return tell(form, place, OUT, { by: at });
    if (waits) await forget(place);
    return onward(answer) ? go(onward(answer)) : hand(now);
  } catch {
    rest();
    return hand(now);
  }
}

// Over all windows of this browser one at a time.
const inTurn = (act) => navigator.locks.request("ithaca-kept", act);

let again;
function wait(form, place, more) {
  tell(form, place, WAITING, more);
  clearTimeout(again);
  again = setTimeout(flush, AGAIN_MS);
}

// What was added stands in the words that it waits; its field is free for the next one.
function rested(form, by, place, { quoted }) {
  if (quoted) {
    form.elements[by.dataset.adds].value = "";
    delete by.dataset.place;
  }
  wait(form, place, { by, quoted });
}

// What waits goes out, in the order in which it was written. What the server will never take stays here with its words;
// the rest is tried again. A page is drawn anew when all is out, never while somebody's press is on its way.
async function flush() {
  if (!isOn || !who()) return;
  let next;
  await inTurn(async () => {
    const waiting = (await takeAll()).filter((one) => one.state === WAITING);
    for (const one of waiting) {
      const form = formAt(one.form), more = moreOf(form, one), answer = await posted(one);
      if (!answer || answer.status >= 500 || answer.status === 429) return wait(form, one.place, more);
      if (answer.status === 401) return who() ? tell(form, one.place, OUT, more) : hand(all(waiting));
      if (!answer.ok) {
        await put(one.place, REFUSED, one);
        giveBack(form, one);
      } else {
        await forget(one.place, one.at);
        if (one.page === location.pathname) next = onward(answer) || one.page;
      }
    }
  }).catch(() => {});
  if (next && !document.querySelector("[data-sending]")) await keepEdited().then(() => go(next));
}

const moreOf = (form, one) => ({ by: form && buttonOf(form, one), quoted: one.quoted });

// What somebody writes elsewhere on the page while it is drawn anew.
const isAdded = (field) => [...field.form.elements].some((one) => one.dataset.adds === field.name);
function keepEdited() {
  const fields = [...edited].filter((one) => one.form?.isConnected && (one.value || !isAdded(one)));
  return Promise.all([...new Set(fields.map(({ form }) => form))].map((form) => put(placeOf(form), DRAFT, said(form))));
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

// What was refused stands in its field again, and its button tries the same thing again.
function giveBack(form, one) {
  const { by, quoted } = moreOf(form, one);
  if (by) by.dataset.place = one.place;
  if (quoted && by) form.elements[by.dataset.adds].value = quoted;
  tell(form, one.place, REFUSED, { by });
}

async function restore() {
  const fresh = forms().filter((form) => !form.held && (form.held = true));
  for (const one of await takeAll()) {
    const form = formAt(one.form, fresh);
    if (form && !one.button) fill(form, one.fields);
    if (one.state === REFUSED) giveBack(form, one);
    else tell(form, one.place, one.state, moreOf(form, one));
  }
}

let resting;
addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-later]"), by = event.submitter;
  if (!isOn || !form || form.dataset.hxPost) return;      // htmx sends it, and tells when no answer came
  event.preventDefault();
  event.stopImmediatePropagation();
  clearTimeout(resting);
  if (who() && who() !== me) location.reload();     // somebody else signed in meanwhile: nobody sends for another
  else if (!("sending" in form.dataset)) (by && isNow(by) ? ask : press)(form, by);
}, true);

// A browser may think that there is no network where ours is this very machine: only no answer counts.
const isAway = () => fetch("/healthz", { cache: "no-store" }).then(() => false, () => true);

async function draft(form) {
  const begun = presses;
  if (!await isAway() || begun !== presses) return;
  await put(placeOf(form), DRAFT, said(form));
  tell(form, placeOf(form), DRAFT);
}

// What waits and is changed again waits no longer: half a change does not go out.
addEventListener("input", (event) => {
  const form = event.target.closest("form[data-later]"), isWaiting = form && isTold(placeOf(form), WAITING);
  if (!isOn || !form || isNow(form) || form.dataset.hxTrigger) return;
  edited.add(event.target);
  if (isWaiting ? isAdded(event.target) : navigator.onLine) return;
  clearTimeout(resting);
  resting = setTimeout(() => draft(form), PAUSE_MS);
});

// Heard before the words for every other failure (app.js), and instead of them.
addEventListener("htmx:sendError", (event) => {
  const form = event.target;
  if (!isOn || !form.matches("form[data-later]")) return;
  event.stopPropagation();
  unmark(form);
  if (isNow(form)) tell(form, placeOf(form), NOW);
  else put(placeOf(form), WAITING, said(form)).then(() => wait(form, placeOf(form)));
}, true);

// What htmx sent, or a note that was saved as it was written, needs no copy here any more; a part that was drawn anew says
// again what waits in it.
document.addEventListener("htmx:afterOnLoad", async ({ detail }) => {
  const { elt } = detail.requestConfig, form = elt.closest("form[data-later]"), place = form && placeOf(form);
  if (!isOn || !form || !detail.successful) return;
  if (elt === form) unmark(form);
  else if ((await take(place))?.state !== DRAFT) return;
  await forget(place).then(() => untell(place));
});
document.addEventListener("htmx:afterSettle", () => isOn && restore().catch(() => {}));

addEventListener("online", flush);
const begin = async () => isOn && restore().then(flush);
begin().catch(() => {}).finally(() => { document.documentElement.dataset.later = "on"; });
