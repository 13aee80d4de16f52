// Being told on this device: asked for by a tap alone. The browser's own question comes first, then the form is sent.
const able = () => "serviceWorker" in navigator && "PushManager" in window && Notification.permission !== "denied";

// Either the button, or the words why there is none; a card that only offers stays away where nothing can be offered.
// Whoever tapped a button that goes is led to the words.
function offer(form, open, tapped) {
  const asks = form.querySelector("div"), words = form.lastElementChild, card = form.closest("[data-offer]");
  form.dataset.able = open;
  if (!asks) return;
  if (card && !tapped) card.hidden = !open;
  [asks.hidden, words.hidden] = [!open, open];
  if (tapped && !open) words.focus();
}
const offerAll = () => document.querySelectorAll("form[data-push]").forEach((form) => offer(form, able()));

// A subscription that was made for another key of ours cannot be used, and hinders a new one.
async function manager() {
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
  return pushManager;
}

async function ask(form) {
  if (await Notification.requestPermission() !== "granted") return offer(form, able(), true);
  const key = await (await fetch("/push")).text();
  const made = await (await manager()).subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  Object.entries({ endpoint, point: key, ...keys }).forEach(([name, value]) => {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  });
  return form.submit();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-push]")) return;
  event.preventDefault();
  if (form.querySelector("div")) ask(form).catch(() => offer(form, false, true));
  else manager().catch(() => {}).then(() => form.submit());
});
["htmx:afterSettle", "htmx:after:settle"].forEach((name) => document.addEventListener(name, offerAll));
offerAll();
