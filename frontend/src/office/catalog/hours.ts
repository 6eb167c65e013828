/** Opening hours in a form. A field for a time can't contain 24:00. */
export interface Span {
  opens: string;
  closes: string;
}

export const USUAL: Span = { opens: "09:00", closes: "17:00" };
const MIDNIGHT = "00:00";
const END_OF_DAY = "24:00";

export const readSpans = (hours: readonly string[]): Span[] =>
  hours.map((text) => {
    const [opens = "", closes = ""] = text.split("-");
    return { opens, closes: closes === END_OF_DAY ? MIDNIGHT : closes };
  });

export const writeSpans = (spans: readonly Span[]): string[] =>
  spans.map(({ opens, closes }) => `${opens}-${closes === MIDNIGHT ? END_OF_DAY : closes}`);

/** Returns a proposal for the next hours of a day: they begin an hour after the last ones end. */
export function nextSpan(spans: readonly Span[]): Span {
  const last = spans.at(-1);
  if (!last) return USUAL;
  const begin = Number(last.closes.slice(0, 2)) + 1;
  const isLate = last.closes === MIDNIGHT || Number.isNaN(begin) || begin > 22;
  if (isLate) return { opens: "", closes: "" };
  const clock = (hour: number) => `${String(hour).padStart(2, "0")}:${last.closes.slice(3)}`;
  return { opens: clock(begin), closes: clock(Math.min(begin + 4, 23)) };
}
