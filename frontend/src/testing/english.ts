import { loadLater, speak } from "../booking/texts";

/** Tests read the page in English. */
await speak("en");
await loadLater();
