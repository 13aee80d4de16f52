// The journey and the next session on this device, by the person's choice: read without a network, dated, never instead
// of what the server says. The words are the server's own page for it; this script keeps them and shows them.
import { able, choose, forget, isChosen, put, take, who } from "/static/vault.js";

const PAGE = "/you/kept", NAME = "journey", WORDS = "journey-kept";
const here = location.pathname;
const noNetwork = document.getElementById("offline");
const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

const keep = (shown) => put(NAME, NAME, { html: shown.getElementById(WORDS).outerHTML });

// What the server has to say now. When it says that nobody is signed in here, what was kept goes.
async function current() {
  const answer = await fetch(PAGE, { headers: { "HX-Request": "true" }, priority: "low" });
  if (answer.headers.has("HX-Redirect")) await forget(NAME);
  return answer.status === 200 ? parsed(await answer.text()) : undefined;
}

async function show() {
  const kept = await take(NAME);
  if (!kept) return;
  const cards = document.createElement("div");
  cards.className = "cards";
  noNetwork.replaceWith(cards);
  cards.append(noNetwork, parsed(kept.html).getElementById(WORDS));
  const live = document.getElementById("live");
  if (live) live.textContent = document.getElementById(`${WORDS}-title`).textContent;
}

// The switch, on the page that says what would be kept.
async function offer() {
  const part = document.getElementById("keep"), box = part.querySelector("input");
  box.checked = await isChosen(NAME);
  box.addEventListener("change", async () => {
    await choose(NAME, box.checked);
    await (box.checked ? keep(document) : forget(NAME));
    part.dataset.kept = box.checked ? "on" : "off";
  });
  part.hidden = false;
  document.getElementById("keep-not").hidden = true;
  if (box.checked) await keep(document);
}

async function begin() {
  if (noNetwork) return show();
  if (here.startsWith("/sign-")) return forget(NAME);
  if (!who()) return undefined;
  if (here === PAGE) return offer();
  const isKept = (here === "/" || here.startsWith("/session")) && await isChosen(NAME);
  const shown = isKept && await current();
  return shown ? keep(shown) : undefined;
}

if (able) begin().catch(() => {}).finally(() => { document.documentElement.dataset.keep = "on"; });
