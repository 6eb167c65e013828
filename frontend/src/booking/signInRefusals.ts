import { explainRefusal } from "./refusals";
import { later, plural } from "./texts";

/** Says in words why signing in was refused, by the server's code. */
export function signInRefused(why: string): string {
  const known: Record<string, string> = later.signInRefused;
  return known[why] ?? explainRefusal(why, "");
}

export const waitFor = (seconds: number) =>
  seconds < 90
    ? plural(later.waitSeconds, seconds)
    : plural(later.waitMinutes, Math.ceil(seconds / 60));
