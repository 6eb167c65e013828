import { useLayoutEffect, useState } from "react";
import { addDays, earlier, firstDayOf, lastDayOf, monthOf } from "./calendar";
import { useParts } from "./parts";
import { useAsked } from "./useAsked";

/** How many times are free on each day; null where it can't be told. */
export type FreeByDay = Readonly<Record<string, number | null>>;

export type MonthState =
  | { kind: "loading" }
  | { kind: "known"; free: FreeByDay }
  | { kind: "unknown" };

export interface MonthWanted {
  serviceId: number;
  resourceId: number | undefined;
  month: string;
  today: string;
  lastDay: string;
}

const EVERY = 30_000;
const RETRY = 5_000;
const MOST_DAYS = 62;
/** What is known this second of the day that is open. */
export interface Watched {
  day: string | null;
  /** How many of its times are free; null while that can't be told. */
  free: number | null;
  isUnknown: boolean;
}

interface Answer {
  whose: string;
  /** Null after a failure: nothing may be called free then. */
  free: FreeByDay | null;
}

/**
 * The free times around a month, in one request, kept current; those of the open day at once and
 * without asking, or all who look at a day would ask whenever it changes.
 */
export function useMonth(wanted: MonthWanted, watched: Watched): MonthState {
  const { serviceId, resourceId, month, today, lastDay } = wanted;
  const { api } = useParts();
  const [from, to] = rangeAround(month, today, lastDay);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const whose = `${serviceId}/${resourceId}`;
  const state = stateOf(answer?.whose === whose ? answer : null, month);

  const receive = (free: FreeByDay | null) =>
    setAnswer((before) => {
      const kept = before?.whose === whose ? before.free : null;
      return { whose, free: free && { ...kept, ...free } };
    });
  const question = {
    ask: () => api.freeByDay(serviceId, resourceId, from, to),
    receive,
    fail: () => receive(null),
    every: state.kind === "unknown" ? RETRY : EVERY,
  };
  useAsked(question, [whose, from, to]);

  const { day, free, isUnknown } = watched;
  useLayoutEffect(() => {
    if (day === null || free === null || !answer?.free || answer.free[day] === free) return;
    if (answer.whose === whose) receive({ [day]: free });
  }, [answer, day, free]);
  return isUnknown ? { kind: "unknown" } : state;
}

function stateOf(answer: Answer | null, month: string): MonthState {
  if (answer === null) return { kind: "loading" };
  const { free } = answer;
  if (free === null) return { kind: "unknown" };
  const isKnown = Object.keys(free).some((day) => monthOf(day) === month);
  return isKnown ? { kind: "known", free } : { kind: "loading" };
}

/** What one request can tell: from today on, as long as that reaches the whole month. */
function rangeAround(month: string, today: string, lastDay: string): [string, string] {
  const reach = (day: string) => addDays(day, MOST_DAYS - 1);
  const from = lastDayOf(month) <= reach(today) ? today : firstDayOf(month);
  return [from, earlier(reach(from), lastDay)];
}

export interface FreeDay {
  day: string;
  count: number;
}

/** The first day from today on with something free; null as well if today isn't known. */
export function firstFree(state: MonthState, today: string): FreeDay | null {
  if (state.kind !== "known" || !(today in state.free)) return null;
  for (const day of Object.keys(state.free).sort()) {
    const count = state.free[day];
    if (count) return { day, count };
  }
  return null;
}
