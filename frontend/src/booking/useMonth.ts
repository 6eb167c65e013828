import { useCallback, useEffect, useRef, useState } from "react";
import { addMonths, earlier, firstDayOf, lastDayOf, later, monthOf } from "./calendar";
import { useParts } from "./parts";
import { useRepeatedly } from "./useRepeatedly";

export type FreeByDay = Readonly<Record<string, number | null>>;

export type MonthState =
  | { kind: "loading" }
  | { kind: "known"; free: FreeByDay }
  | { kind: "unknown" };

export interface MonthWanted {
  serviceId: number;
  resourceId: number | null;
  month: string;
  today: string;
  lastDay: string;
}

const EVERY = 30_000;
const RETRY = 5_000;
/** A busy day changes every second; the month needn't follow each of them. */
const NOT_WITHIN = 5_000;

interface Answer {
  whose: string;
  months: readonly string[];
  /** Null after a failure: nothing may be called free then. */
  free: FreeByDay | null;
}

/** How much is free on each day of a month and of the next one, in one request. */
export function useMonth(wanted: MonthWanted): { state: MonthState; refresh: () => void } {
  const { serviceId, resourceId, month, today, lastDay } = wanted;
  const { api, environment } = useParts();
  const whose = `${serviceId}/${resourceId}`;
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [round, setRound] = useState(0);
  const askedAt = useRef(0);
  const state = stateOf(answer?.whose === whose ? answer : null, month);

  const ask = () => setRound((count) => count + 1);
  useRepeatedly(state.kind === "unknown" ? RETRY : EVERY, ask);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round asks again
  useEffect(() => {
    let isCurrent = true;
    askedAt.current = environment.clock.now();
    const from = later(today, firstDayOf(month));
    const to = earlier(lastDayOf(addMonths(month, 1)), lastDay);
    const receive = (free: FreeByDay | null) => {
      if (!isCurrent) return;
      setAnswer((before) => {
        const kept = before?.whose === whose ? before : { months: [], free: {} };
        return { whose, months: [...kept.months, month], free: free && { ...kept.free, ...free } };
      });
    };
    if (from > to) {
      receive({});
    } else {
      api.availability(serviceId, resourceId, from, to).then(
        ({ days }) => receive(mapValues(days, ({ free }) => free)),
        () => receive(null),
      );
    }
    return () => {
      isCurrent = false;
    };
  }, [api, whose, month, today, lastDay, round]);

  const refresh = useCallback(() => {
    if (environment.clock.now() - askedAt.current >= NOT_WITHIN) setRound((count) => count + 1);
  }, [environment]);
  return { state, refresh };
}

function stateOf(answer: Answer | null, month: string): MonthState {
  if (answer === null) return { kind: "loading" };
  if (answer.free === null) return { kind: "unknown" };
  const isKnown =
    answer.months.includes(month) || Object.keys(answer.free).some((day) => monthOf(day) === month);
  return isKnown ? { kind: "known", free: answer.free } : { kind: "loading" };
}

function mapValues<From, To>(values: Record<string, From>, map: (value: From) => To) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

export interface FreeDay {
  day: string;
  count: number;
}

/** The first day with something free. */
export function firstFree(state: MonthState): FreeDay | null {
  if (state.kind !== "known") return null;
  const days = Object.keys(state.free).sort();
  const day = days.find((day) => (state.free[day] ?? 0) > 0);
  return day === undefined ? null : { day, count: state.free[day] ?? 0 };
}
