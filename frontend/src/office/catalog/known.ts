const asOptions = (values: readonly string[]) =>
  values.map((value) => ({ value, text: value.replaceAll("_", " ") }));

/** Returns the values that the browser knows, and the chosen one, which it may not know. */
const listKnown = (kind: "timeZone" | "currency", chosen: string) =>
  asOptions([...new Set([chosen, ...Intl.supportedValuesOf(kind)])].filter(Boolean));

export const zones = (chosen: string) => listKnown("timeZone", chosen);
export const currencies = (chosen: string) => listKnown("currency", chosen);
