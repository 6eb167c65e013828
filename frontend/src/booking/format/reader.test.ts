import { afterEach, describe, expect, it, vi } from "vitest";
import { readerOf } from "./reader";

afterEach(() => vi.restoreAllMocks());

const speaking = (language: string) =>
  vi.spyOn(navigator, "language", "get").mockReturnValue(language);

describe("the reader of letters", () => {
  it("has the language and the zone of the browser", () => {
    speaking("de-at");
    expect(readerOf()).toEqual({
      language: "de-AT",
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
  });

  it.each(["C", "", "en_US.UTF-8"])("has no language where the browser names none: %j", (tag) => {
    speaking(tag);
    expect(readerOf()).not.toHaveProperty("language");
  });
});
