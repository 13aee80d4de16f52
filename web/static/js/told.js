// What a form says of what becomes of it: words by its main button, or by the button that was pressed, and aloud. The
// words stand on the body, in the page's own language.
const STATES = ["waiting", "draft", "refused", "out", "busy", "now"];
export const [WAITING, DRAFT, REFUSED, OUT, BUSY, NOW] = STATES;

const noteAt = (place) => [...document.querySelectorAll("[data-kept]")].find((one) => one.dataset.kept === place);

// Below the button that was pressed; without one below the form's own, in the dock of a screen, or with a box to tick.
function placed(note, form, by) {
  const within = !by && form.querySelector(".dock, .tick-form .grow");
  if (within) return within.append(note);
  const button = by || form.querySelector("[type=submit]");
  let at = button?.closest(".row") || (by || form.matches(".stack") ? button : form);
  while (at.nextElementSibling?.dataset.kept) at = at.nextElementSibling;
  return at.after(note);
}

// A toast says it in the place of its own words.
function made(form, by) {
  if (form.matches(".toast form")) return form.previousElementSibling;
  const isTick = form.matches(".tick-form"), note = document.createElement(isTick ? "span" : "p");
  note.className = isTick ? "d" : "note";
  placed(note, form, by);
  return note;
}

// `out` leads to the way in; `quoted` is what was added and stands in no field any more.
function lineOf(state, quoted) {
  const [words, way] = document.body.dataset.later.split("|")[STATES.indexOf(state)].split("~");
  const line = document.createElement("span");
  if (quoted) line.append(`“${quoted}” `);
  line.append(words);
  if (way) {
    const href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    line.append(" ", Object.assign(document.createElement("a"), { href, textContent: way }));
  }
  return line;
}

export function tell(form, place, state, { by, quoted } = {}) {
  if (!form) return;
  const known = noteAt(place), isThere = known && known.by === by;
  if (isThere && known.dataset.state === state) return;
  if (!isThere) known?.remove();
  const note = isThere ? known : made(form, by), line = lineOf(state, quoted), live = document.getElementById("live");
  Object.assign(note.dataset, { kept: place, state });
  note.by = by;
  const isBad = [REFUSED, OUT, NOW].includes(state);
  note.classList.toggle("rust", isBad);
  note.classList.toggle("sun", !isBad);
  note.replaceChildren(line);
  if (live) live.textContent = line.textContent;
}

export const untell = (place) => noteAt(place)?.remove();
export const isTold = (place, state) => noteAt(place)?.dataset.state === state;
