/**
 * Returns the address of a view with the last seen revision, so that the server sends nothing
 * older.
 */
export function addSeen(path: string, seen: string | undefined): string {
  if (seen === undefined) return path;
  return `${path}${path.includes("?") ? "&" : "?"}seen=${encodeURIComponent(seen)}`;
}

/** Returns the address of the stream of a view. */
export const streamPath = (path: string) => path.replace(/(?=\?)|$/, "/stream");
