import { afterEach, describe, expect, it, vi } from "vitest";
import { speak } from "../texts";
import { readerOf } from "./reader";

afterEach(async () => {
  vi.restoreAllMocks();
  await speak("en");
});

describe("the reader of letters", () => {
  it.each([
    ["de", "de-at", "de-AT"],
    ["de", "en-US", "de"],
    ["ar", "C", "ar"],
    ["en", "C", "en-GB"],
    ["en", "nl-NL", "en-GB"],
    ["en", "en-NZ", "en-NZ"],
  ])("has the language of the page (%s, in a browser of %j): %s", async (page, browser, read) => {
    vi.spyOn(navigator, "language", "get").mockReturnValue(browser);
    vi.spyOn(navigator, "languages", "get").mockReturnValue([browser]);
    await speak(page);
    expect(readerOf()).toEqual({
      language: read,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
  });
});
