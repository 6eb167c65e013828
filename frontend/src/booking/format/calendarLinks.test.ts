import { describe, expect, it } from "vitest";
import { googleLink, outlookLink } from "./calendarLinks";

const entry = {
  title: "Cut & colour #1 with Zoë 李 🌊 + 50%",
  details: "Sarah Ö\nK7QF-3XWD",
  place: "Main St. 5/7, Köln",
  starts_at: "2026-11-25T09:00:00+01:00",
  ends_at: "2026-11-25T08:45:00.500Z",
};

const valuesOf = (link: string) => Object.fromEntries(new URL(link).searchParams);

describe("links to calendars", () => {
  it("give Google the title, the place and the times in UTC", () => {
    const link = googleLink(entry);
    expect(link.startsWith("https://calendar.google.com/calendar/render?")).toBe(true);
    expect(valuesOf(link)).toEqual({
      action: "TEMPLATE",
      text: entry.title,
      dates: "20261125T080000Z/20261125T084500Z",
      details: entry.details,
      location: entry.place,
    });
  });

  it("give Outlook the title, the place and the times in UTC", () => {
    const link = outlookLink(entry);
    expect(link.startsWith("https://outlook.live.com/calendar/0/deeplink/compose?")).toBe(true);
    expect(valuesOf(link)).toMatchObject({
      subject: entry.title,
      startdt: "2026-11-25T08:00:00Z",
      enddt: "2026-11-25T08:45:00Z",
      body: entry.details,
      location: entry.place,
    });
  });

  it("have no plus for a space, which Outlook would show", () => {
    for (const link of [googleLink(entry), outlookLink(entry)]) {
      expect(link).not.toContain("+");
      expect(link).toContain("%20");
    }
  });

  it("say nothing of a place that isn't known", () => {
    for (const link of [googleLink, outlookLink]) {
      expect(valuesOf(link({ ...entry, place: null }))).not.toHaveProperty("location");
    }
  });
});
