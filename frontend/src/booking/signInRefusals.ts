import { refused } from "./refusals";
import { later, plural } from "./texts";

/** Why signing in was refused, by the code of the server. */
export function signInRefused(why: string): string {
  const known: Record<string, string> = later.signInRefused;
  return known[why] ?? refused(why, "");
}

export const waitFor = (seconds: number) =>
  seconds < 90
    ? plural(later.waitSeconds, seconds)
    : plural(later.waitMinutes, Math.ceil(seconds / 60));
