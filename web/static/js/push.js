// Being told on this device: asked for by a tap alone. The browser's own question comes first, then the form is sent.
const form = document.querySelector("form[data-push]");
const asks = form.querySelector("div");
const able = () => "serviceWorker" in navigator && "PushManager" in window && Notification.permission !== "denied";

// Either the button, or the words why there is none. Whoever tapped a button that goes is led to the words.
function offer(open, tapped) {
  const words = form.lastElementChild;
  [asks.hidden, words.hidden] = [!open, open];
  if (tapped && !open) words.focus();
}

// A subscription that was made for another key of ours cannot be used, and hinders a new one.
async function manager() {
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
  return pushManager;
}

async function ask() {
  if (await Notification.requestPermission() !== "granted") return offer(able(), true);
  const key = await (await fetch("/push")).text();
  const made = await (await manager()).subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  Object.entries({ endpoint, point: key, ...keys }).forEach(([name, value]) => {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  });
  return form.submit();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (asks) ask().catch(() => offer(false, true));
  else manager().catch(() => {}).then(() => form.submit());
});
if (asks) offer(able());
