import { loadLater, speak } from "../booking/texts";

/** Tests read the page in English, if they have a document. */
if ("document" in globalThis) {
  await speak("en");
  await loadLater();
}
