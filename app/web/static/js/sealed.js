// Texts that this tab keeps while it is signed in. A browser writes what a tab keeps to its disk, so it is kept sealed,
// with a key that the server derives from the sign-in and gives to nobody else: with the sign-in the key is gone, and
// what may be left on a disk cannot be read. Without a secure context (plain http over a network) nothing is kept.
const MARK = "overturn.sealed ";
const NONCE_BYTES = 12; // of AES-GCM, new for each sealing

let key = null; // a promise of the key; null when nothing can be kept
let underway = 0;
const turns = new Map(); // name → how often it was written: a slow sealing never overwrites a later one

const bytesOf = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const textOf = (bytes) => btoa(String.fromCharCode(...bytes));

function marked() {
  return Object.keys(sessionStorage).filter((name) => name.startsWith(MARK));
}

export function useKey(secret) {
  key = secret && crypto.subtle ? crypto.subtle.importKey("raw", bytesOf(secret), "AES-GCM", false, ["encrypt", "decrypt"]) : null;
  if (!key) forgetAll();
}

// Is everything that was put in kept by now?
export function isKept() {
  return key !== null && underway === 0;
}

export async function put(name, value) {
  if (!key) return;
  const turn = (turns.get(name) ?? 0) + 1;
  turns.set(name, turn);
  underway += 1;
  try {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const text = new TextEncoder().encode(JSON.stringify(value));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await key, text);
    if (turns.get(name) === turn) sessionStorage.setItem(MARK + name, textOf([...nonce, ...new Uint8Array(sealed)]));
  } finally { underway -= 1; }
}

export function drop(name) {
  turns.set(name, (turns.get(name) ?? 0) + 1);
  sessionStorage.removeItem(MARK + name);
}

function forgetAll() {
  for (const name of marked()) drop(name.slice(MARK.length));
}

// Name and value of everything that this sign-in sealed; what another one left is thrown away.
export async function opened() {
  const found = [];
  for (const mark of key ? marked() : []) {
    const bytes = bytesOf(sessionStorage.getItem(mark));
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, NONCE_BYTES) }, await key, bytes.slice(NONCE_BYTES));
      found.push([mark.slice(MARK.length), JSON.parse(new TextDecoder().decode(plain))]);
    } catch (error) {
      if (error.name !== "OperationError") throw error; // sealed with another key
      sessionStorage.removeItem(mark);
    }
  }
  return found;
}
