// Pages come from the network alone: what a signed-in person saw is never kept. Without a network, one page of words.
// Files whose names hold their hash are kept; a new edition keeps its own, and waits until pages of the old are closed.
const OURS = "ithaca-";
const CACHE = OURS + SHELL.edition;

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (isFile(new URL(request.url))) event.respondWith(file(request));
});

// The page is asked for as a stranger, so that it can hold nobody's name.
async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...SHELL.files, new Request(SHELL.page, { credentials: "omit", cache: "reload" })]);
}

async function begin() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
}

async function page(event) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return (await caches.match(SHELL.page, { cacheName: CACHE, ignoreVary: true })) || Response.error();
  }
}

const isFile = (url) => url.origin === location.origin && url.pathname.startsWith("/static/");

async function file(request) {
  const cache = await caches.open(CACHE);
  const held = await cache.match(request, { ignoreVary: true });
  if (held) return held;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

// What our server sends is shown as it is; a browser that knows declarative push shows it without asking us.
self.addEventListener("push", (event) => event.waitUntil(show(event.data.json().notification)));
self.addEventListener("notificationclick", (event) => {
  const { notification, action } = event;
  event.waitUntil(notification.data.tickets?.[action] ? tap(notification, action) : follow(notification));
});

// Buttons where the browser has them; without, the page has the same choices.
function show({ title, navigate, actions = [], data, ...said }) {
  const buttons = actions.slice(0, self.Notification?.maxActions ?? 0);
  const kept = { ...data, navigate };
  return self.registration.showNotification(title, { ...said, actions: buttons, icon: "/icon/icon-192", data: kept });
}

// Does what the button's ticket is for, once, and says what came of it. Without a network the notification comes back.
async function tap(notification, action) {
  notification.close();
  const { title, lang, dir, tag, actions, data } = notification;
  const body = new URLSearchParams({ ticket: data.tickets[action] });
  const answer = await fetch("/tap", { method: "POST", credentials: "omit", body }).catch(() => null);
  if (!answer) return show({ title, body: data.unsent, lang, dir, tag, actions, data, navigate: data.navigate });
  return answer.ok ? show(await answer.json()) : follow(notification);
}

// A window that shows the page already is brought to the front; else one is opened. Never another site's.
async function follow(notification) {
  notification.close();
  const url = new URL(notification.data.navigate, location.origin);
  if (url.origin !== location.origin) return;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((one) => one.url === url.href);
  await (open ? open.focus() : self.clients.openWindow(url.href));
}

// A browser that ends its subscription by itself gets a new one, made with our key of today; the server puts it in place.
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(self.registration)));
async function renew({ pushManager }) {
  const point = await (await fetch("/push")).text();
  await (await pushManager.getSubscription())?.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: point });
  const { endpoint, keys } = made.toJSON();
  await fetch("/push", { method: "POST", body: new URLSearchParams({ endpoint, point, ...keys }) });
}
