// Notes are saved while they are written. When no answer comes, the words stay, and the chip becomes the button that tries
// again; it also tries by itself. What was saved is said aloud now and then, not at every pause.
const SAID_EVERY_MS = 30_000, AGAIN_MS = 15_000;
const chip = document.getElementById("saved");
const region = document.querySelector("[data-hx-target='#saved']");
let said = 0, waiting;

function again() {
  clearTimeout(waiting);
  htmx.ajax("POST", region.dataset.hxPost, { source: region, target: chip, swap: "innerHTML" }).catch(() => {});
}

function unsaved({ detail }) {
  if (detail.elt !== region) return;
  const button = document.createElement("button");
  button.type = "button";
  button.id = "save-again";
  button.className = "btn line compact rust-text";
  button.textContent = chip.dataset.unsaved;
  button.addEventListener("click", again);
  if (!document.getElementById("save-again")) chip.replaceChildren(button);
  clearTimeout(waiting);
  waiting = setTimeout(again, AGAIN_MS);
}

function saved({ detail }) {
  const live = document.getElementById("live");
  if (detail.elt !== region || !live || Date.now() - said < SAID_EVERY_MS) return;
  said = Date.now();
  live.textContent = chip.textContent;
}

if (chip && region) {
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(name, unsaved);
  document.addEventListener("htmx:afterOnLoad", saved);
  addEventListener("online", () => document.getElementById("save-again") && again());
}
