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
