import type { Reader } from "../../core/wire";
import { visitorZone } from "./format";

/** The language and the time zone of this browser, as far as it tells them in names that exist. */
export function readerOf(): Reader {
  const zone = visitorZone();
  const reader: Reader = zone === null ? {} : { time_zone: zone };
  try {
    return { ...reader, language: new Intl.Locale(navigator.language).baseName };
  } catch {
    return reader;
  }
}
