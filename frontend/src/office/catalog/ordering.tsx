import { useLayoutEffect, useRef } from "react";
import { useAction } from "../components/useAction";
import { useOfficeApi } from "../shell/office";
import * as texts from "./texts";

type Step = -1 | 1;

/** Moves things in a list by their ids. `order` is the present order of the ids. */
export function useOrdering(path: string, order: readonly number[], onChanged: () => void) {
  const api = useOfficeApi();
  const pressed = useRef("");
  const ordering = useAction(async (ids: readonly number[]) => {
    await api.change("PUT", path, { ids });
    onChanged();
  });
  const key = order.join(" ");
  // An element that is moved in the list loses the focus.
  useLayoutEffect(() => {
    if (pressed.current && key) document.getElementById(pressed.current)?.focus();
  }, [key]);
  return {
    failure: ordering.failure,
    /** Changes the order. The button with this id gets the focus. */
    set(ids: readonly number[], button: string) {
      pressed.current = button;
      if (ids.join(" ") !== key) ordering.run(ids);
    },
  };
}

/** Returns the list with one element moved by a step. A step out of the list changes nothing. */
export function moveElement<Each>(list: readonly Each[], from: number, step: Step): Each[] {
  const to = from + step;
  if (to < 0 || to >= list.length) return [...list];
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), list[from] as Each, ...rest.slice(to)];
}

interface MoveButtonsProps {
  /** The beginning of the ids of the buttons. */
  id: string;
  name: string;
  index: number;
  count: number;
  onMove(step: Step, button: string): void;
}

/** Two buttons that move an element of a list up and down. */
export const MoveButtons = ({ id, name, index, count, onMove }: MoveButtonsProps) => (
  <div class="row-buttons">
    {([-1, 1] as const).map((step) => (
      <button
        key={step}
        id={`${id}${step}`}
        type="button"
        class="quiet-button"
        aria-label={(step < 0 ? texts.moveUp : texts.moveDown)(name)}
        aria-disabled={index + step < 0 || index + step >= count}
        onClick={() => onMove(step, `${id}${step}`)}
      >
        <span aria-hidden="true">{step < 0 ? "↑" : "↓"}</span>
      </button>
    ))}
  </div>
);
