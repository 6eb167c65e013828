/** Every sentence about passkeys; used as `words.something`. */
export const passkeys = "Passkeys";
export const hint =
  "Sign in with your finger, your face or the PIN of this device, without a password or a code.";
export const add = "Add a passkey";
export const addHint = "First your password, then your device asks you to confirm.";
export const name = "What it is called";
export const nameHint = "So that you know it again, for example “My phone”.";
export const goOn = "Go on";
export const rename = "Rename";
export const remove = "Remove";
export const removeNamed = (name: string) => `Remove “${name}”`;
export const renameNamed = (name: string) => `Rename “${name}”`;
export const removeHint = (name: string) => `“${name}” can’t sign you in any more.`;
export const added = (when: string) => `Added ${when}`;
export const used = (when: string) => `last used ${when}`;
export const neverUsed = "not used yet";
export const signIn = "Sign in with a passkey";
export const cancelled = "Nothing was confirmed. Try again.";
export const knownAlready = "This device has a passkey for this office already.";
export const notHere = "Passkeys need https and an address with a name, or localhost.";
export const refused =
  "This passkey can’t be used: it was removed, or it took too long. Try again, or sign in with your password.";
export const taken = "This passkey was added already, or you have twenty.";
