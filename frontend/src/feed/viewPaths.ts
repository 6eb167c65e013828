/** The address of a view, with the revision that was seen last: nothing older may come back. */
export function withSeen(path: string, seen: string | undefined): string {
  if (seen === undefined) return path;
  return `${path}${path.includes("?") ? "&" : "?"}seen=${encodeURIComponent(seen)}`;
}

/** The address of the stream that follows a view. */
export const streamPath = (path: string) => path.replace(/(?=\?)|$/, "/stream");
