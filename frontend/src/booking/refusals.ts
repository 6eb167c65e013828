import { fill, texts } from "./texts";

/** Why something was refused, by the code of the server. */
export function refused(why: string, time: string): string {
  const known: Record<string, string> = texts.refused;
  return fill(known[why] ?? texts.refused.other, { time });
}
