import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { browserEnvironment } from "../../core/environment";
import { browserPageLife, type PageMoment } from "./pageLife";

let moments: PageMoment[];
let cancel: () => void;

const happens = (name: string) => window.dispatchEvent(new Event(name));

function turns(hidden: boolean): void {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  moments = [];
  cancel = browserPageLife(browserEnvironment().visibility).onMoment((moment) =>
    moments.push(moment),
  );
});

afterEach(() => {
  cancel();
  vi.restoreAllMocks();
});

it("tells when the page is looked away from and looked at again", () => {
  turns(true);
  turns(false);
  expect(moments).toEqual(["hidden", "shown"]);
});

it("a page that is left isn't merely hidden", () => {
  happens("pagehide");
  turns(true);
  expect(moments).toEqual(["left"]);
});

it("a page that is kept for Back is shown again", () => {
  happens("pagehide");
  turns(true);
  turns(false);
  happens("pageshow");
  turns(true);
  expect(moments).toEqual(["left", "shown", "hidden"]);
});

it("nothing is told any more after that", () => {
  cancel();
  happens("pagehide");
  turns(true);
  expect(moments).toEqual([]);
});
