// What this browser keeps of a person: encrypted, theirs alone, for a week at most. The key stays in the browser's own
// store, and no script can read it out (docs/decisions/0014).
const STORES = ["kept", "keys"], KEY = "key", AES = "AES-GCM";
const A_WEEK_MS = 7 * 24 * 3600 * 1000;

export const able = globalThis.crypto?.subtle && globalThis.indexedDB && navigator.locks;
export const who = () => /(?:^|;\s)ithaca_who=(\w+)/.exec(document.cookie)?.[1];

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened;
function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("ithaca", 1);
    request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
    request.onsuccess = () => {
      request.result.onclose = () => { opened = undefined; };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}
const store = async (name, mode) => (await database()).transaction(name, mode).objectStore(name);
const read = async (name, key) => answered((await store(name, "readonly")).get(key));
const write = async (name, key, value) => answered((await store(name, "readwrite")).put(value, key));

async function secret() {
  const held = await read("keys", KEY);
  if (held) return held;
  const made = await crypto.subtle.generateKey({ name: AES, length: 256 }, false, ["encrypt", "decrypt"]);
  await write("keys", KEY, made);
  return made;
}

// `state` may be read; what `said` holds may not.
export async function put(place, state, said) {
  const at = Date.now();
  const iv = crypto.getRandomValues(new Uint8Array(12)), plain = new TextEncoder().encode(JSON.stringify(said));
  const words = await crypto.subtle.encrypt({ name: AES, iv }, await secret(), plain);
  await write("kept", place, { state, who: who(), at, iv, words });
  return at;
}

// What is kept for whoever is signed in here, or nothing. What is another's, or too old, is forgotten.
export async function take(place) {
  const held = await read("kept", place);
  if (!held || !who()) return undefined;
  if (held.who !== who() || Date.now() - held.at > A_WEEK_MS) return forget(place);
  const plain = await crypto.subtle.decrypt({ name: AES, iv: held.iv }, await secret(), held.words);
  return { place, state: held.state, at: held.at, ...JSON.parse(new TextDecoder().decode(plain)) };
}

// In the order in which it was written.
export async function takeAll() {
  const found = [];
  for (const place of await answered((await store("kept", "readonly")).getAllKeys())) found.push(await take(place));
  return found.filter(Boolean).sort((one, other) => one.at - other.at);
}

// With `at`, only if nothing was written there since.
export async function forget(place, at) {
  const kept = await store("kept", "readwrite"), held = at && await answered(kept.get(place));
  if (!held || held.at === at) await answered(kept.delete(place));
}

// Whether the person wants something of theirs kept here beyond what waits to be sent.
export const choose = (name, on) => write("keys", name, on ? who() : "");
export const isChosen = async (name) => Boolean(who()) && await read("keys", name) === who();
