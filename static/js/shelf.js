/*
  What was typed and could not be sent yet, kept on this device: one entry a user and grid or form.
  Emptied at sign-out, and when someone else signs in on the same device.
*/
const PREFIX = "portal:typed:";

function available() {
  try {
    window.localStorage.setItem(`${PREFIX}probe`, "1");
    window.localStorage.removeItem(`${PREFIX}probe`);
    return true;
  } catch {
    return false;
  }
}

const usable = available();

/** Return the entry kept under a user's key, or an empty object. */
export function take(user, key) {
  if (!usable) return {};
  try {
    return JSON.parse(window.localStorage.getItem(`${PREFIX}${user}:${key}`) ?? "{}");
  } catch {
    return {};
  }
}

/** Keep an entry; an empty one is removed. */
export function keep(user, key, entry) {
  if (!usable) return;
  const name = `${PREFIX}${user}:${key}`;
  try {
    if (Object.keys(entry).length) window.localStorage.setItem(name, JSON.stringify(entry));
    else window.localStorage.removeItem(name);
  } catch {
    /* a full device: the page still holds the text */
  }
}

/** Remove what is kept: everything, or everything that is not this user's. */
export function clear(exceptUser = null) {
  if (!usable) return;
  for (const name of Object.keys(window.localStorage)) {
    if (name.startsWith(PREFIX) && !(exceptUser && name.startsWith(`${PREFIX}${exceptUser}:`))) {
      window.localStorage.removeItem(name);
    }
  }
}

/** Return how many fields are kept on this device. */
export function count() {
  if (!usable) return 0;
  let fields = 0;
  for (const name of Object.keys(window.localStorage)) {
    if (!name.startsWith(PREFIX)) continue;
    try {
      for (const entry of Object.values(JSON.parse(window.localStorage.getItem(name) ?? "{}"))) {
        fields += Object.keys(entry.fields ?? {}).length;
      }
    } catch {
      /* an entry that cannot be read holds nothing to count */
    }
  }
  return fields;
}

/** Mark forms that were sent while the session had ended: they did not arrive and are put back. */
export function interrupt(key) {
  if (!usable) return;
  for (const name of Object.keys(window.localStorage)) {
    if (!name.startsWith(PREFIX) || !name.endsWith(`:${key}`)) continue;
    try {
      const entry = JSON.parse(window.localStorage.getItem(name) ?? "{}");
      for (const form of Object.values(entry)) form.interrupted = true;
      window.localStorage.setItem(name, JSON.stringify(entry));
    } catch {
      window.localStorage.removeItem(name);
    }
  }
}
