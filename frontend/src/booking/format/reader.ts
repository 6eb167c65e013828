import type { Reader } from "../../core/wire";
import { locale } from "../texts";
import { visitorZone } from "./format";

/**
 * Returns the language of the page, and the time zone of this browser if it names one that exists.
 */
export function readerOf(): Reader {
  const zone = visitorZone();
  return zone === null ? { language: locale } : { language: locale, time_zone: zone };
}
