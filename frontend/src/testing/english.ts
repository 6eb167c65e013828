import { loadLater, speak } from "../booking/texts";

/** Tests read the page in English, where there is a page. */
if ("document" in globalThis) {
  await speak("en");
  await loadLater();
}
