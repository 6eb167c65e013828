import { fill, texts } from "./texts";

/** Says in words why something was refused, by the server's code. */
export function explainRefusal(why: string, time: string): string {
  const known: Record<string, string> = texts.refused;
  return fill(known[why] ?? texts.refused.other, { time });
}
