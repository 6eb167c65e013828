import { afterEach, describe, expect, it, vi } from "vitest";
import { openStorage } from "../api/storage";
import { fill, list, nameOf, number, plural, speak, texts, wantedLanguage } from "./texts";

afterEach(async () => {
  vi.restoreAllMocks();
  history.replaceState(null, "", "/");
  document.documentElement.lang = "";
  await speak("en");
});

const tabStorage = () => openStorage(() => sessionStorage);

describe("numbers in sentences", () => {
  it.each([
    ["en", 0, "no free times"],
    ["en", 1, "1 free time"],
    ["en", 2, "2 free times"],
    ["de", 1, "1 freie Zeit"],
    ["fr", 0, "aucun horaire libre"],
    ["ar", 2, "وقتان متاحان"],
    ["ar", 3, "\u20683\u2069 أوقات متاحة"],
    ["ar", 11, "\u206811\u2069 وقتًا متاحًا"],
  ])("%s says of %i: %s", async (language, count, said) => {
    await speak(language);
    expect(plural(texts.freeOnDay, count)).toBe(said);
  });
});

it("a value is set apart from the words around it where these go from right to left", async () => {
  expect(fill(texts.writeTo, { email: "a@b.de" })).toBe("Write to a@b.de");
  await speak("ar");
  expect(fill(texts.writeTo, { email: "a@b.de" })).toContain("\u2068a@b.de\u2069");
  // A text that was put together has the direction of the page, not that of its first letter.
  const inner = fill(texts.dayAndTime, { day: "1", time: "2" });
  expect(fill(texts.nextFree, { when: inner })).toContain(`\u2067${inner}\u2069`);
});

it("names and numbers are written as the language does", async () => {
  expect(list(["Mia", "Ömer"])).toBe("Mia, Ömer");
  await speak("de");
  expect(number(1234.5)).toBe("1.234,5");
  expect(["de", "fr", "ar"].map(nameOf)).toEqual(["Deutsch", "Français", "العربية"]);
});

describe("the language of the page", () => {
  it("is what the address asks for, what was chosen, or what the server found", () => {
    const storage = tabStorage();
    document.documentElement.lang = "es";
    expect(wantedLanguage(storage)).toBe("es");
    storage.write("language", "fr");
    expect(wantedLanguage(storage)).toBe("fr");
    history.replaceState(null, "", "/?lang=de-CH");
    expect(wantedLanguage(storage)).toBe("de");
    history.replaceState(null, "", "/?lang=tlh");
    expect(wantedLanguage(storage)).toBe("fr");
    storage.remove("language");
  });

  it("is told to the document", async () => {
    await speak("ar");
    expect(document.documentElement.lang).toBe("ar");
    expect(document.documentElement.dir).toBe("rtl");
  });
});
