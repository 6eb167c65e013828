import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe } from "vitest";
import { hooksKeepTheirPromises } from "./hooks.contract";

let page: HTMLElement;

function Probe({ body }: { body: () => void }) {
  body();
  return null;
}

describe("run by Preact", () => {
  beforeEach(() => {
    page = document.createElement("div");
  });
  afterEach(() => render(null, page));
  hooksKeepTheirPromises({
    show: (body) => act(() => render(<Probe body={body} />, page)),
    leave: () => act(() => render(null, page)),
    act,
  });
});
