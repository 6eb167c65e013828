import { act, createElement, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerWith, dayView } from "../testing/views";
import { VirtualEnvironment } from "../testing/virtualEnvironment";
import { hooksKeepTheirPromises } from "./hooks.contract";
import { useSlots } from "./useSlots";

let root: Root;

function Probe({ body }: { body: () => void }) {
  body();
  return null;
}

describe("run by React", () => {
  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    root = createRoot(document.createElement("div"));
  });
  afterEach(() => act(async () => root.unmount()));
  hooksKeepTheirPromises({
    show: (body) => act(async () => root.render(createElement(Probe, { body }))),
    leave: () => act(async () => root.render(null)),
    act,
  });

  it("useSlots keeps one source though strict mode mounts twice", async () => {
    const world = new VirtualEnvironment();
    const body = () => void useSlots(world, 1, undefined, "2026-11-25");
    const probe = createElement(Probe, { body });
    await act(async () => root.render(createElement(StrictMode, null, probe)));
    await act(() => world.latest.answer(answerWith(dayView())));
    expect(world.asked.map(({ init }) => init.signal?.aborted).filter((gone) => !gone)).toEqual([]);
    expect(world.opened.filter(({ isClosed }) => !isClosed)).toHaveLength(1);
    await act(async () => root.render(null));
    expect(world.pending).toBe(0);
  });
});
