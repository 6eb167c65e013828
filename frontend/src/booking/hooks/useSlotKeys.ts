import { useState } from "react";
import type { ShownSlot } from "../offer/slots";
import { onward } from "../texts";

interface SlotKeys {
  /** The start of the only slot at which the Tab key stops. */
  tabStop: string | undefined;
  focused(startsAt: string): void;
  move(event: KeyboardEvent & { currentTarget: HTMLElement }): void;
}

/** Moves the focus between slots by the arrow keys, Home and End, so that Tab leaves the list. */
export function useSlotKeys(slots: readonly ShownSlot[]): SlotKeys {
  const [last, focused] = useState<string | null>(null);
  const isLast = ({ startsAt }: ShownSlot) => startsAt === last;
  const isMine = ({ state }: ShownSlot) => state === "mine";
  const isFree = ({ state }: ShownSlot) => state === "free";
  const found = slots.find(isLast) ?? slots.find(isMine) ?? slots.find(isFree) ?? slots[0];
  return {
    tabStop: found?.startsAt,
    focused,
    move(event) {
      const all = event.currentTarget.querySelectorAll<HTMLElement>("button.slot");
      const buttons = [...all].filter(({ offsetParent }) => offsetParent !== null);
      const from = buttons.indexOf(event.target as HTMLElement);
      const to = from < 0 ? undefined : slotAfterKey(event.key, from, buttons);
      if (!to) return;
      event.preventDefault();
      to.focus();
    },
  };
}

function slotAfterKey(key: string, from: number, buttons: HTMLElement[]): HTMLElement | undefined {
  switch (key) {
    case "ArrowLeft":
      return buttons[from - onward()];
    case "ArrowRight":
      return buttons[from + onward()];
    case "ArrowUp":
      return nearestInRow(buttons.slice(0, from).reverse(), buttons[from]);
    case "ArrowDown":
      return nearestInRow(buttons.slice(from + 1), buttons[from]);
    case "Home":
      return buttons[0];
    case "End":
      return buttons.at(-1);
    default:
      return undefined;
  }
}

/** Returns the element of the nearest other row that is most nearly above or below. */
function nearestInRow(others: HTMLElement[], from: HTMLElement | undefined) {
  if (!from) return undefined;
  const next = others.find(({ offsetTop }) => offsetTop !== from.offsetTop);
  const row = others.filter(({ offsetTop }) => offsetTop === next?.offsetTop);
  const distance = ({ offsetLeft }: HTMLElement) => Math.abs(offsetLeft - from.offsetLeft);
  return row.sort((one, other) => distance(one) - distance(other))[0];
}
