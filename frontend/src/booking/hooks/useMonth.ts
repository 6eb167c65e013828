import { useCallback, useLayoutEffect, useState } from "react";
import type { FirstFree } from "../../core/wire";
import { addDays, earlier, firstDayOf, lastDayOf, later, monthOf } from "../format/calendar";
import {
  addRange,
  type DayRange,
  type FreeByDay,
  type Search,
  searchFree,
} from "../offer/searchFree";
import { usePageServices } from "../pageServices";
import { useQuestion } from "./useQuestion";

export type MonthState =
  | { kind: "loading" }
  | { kind: "known"; free: FreeByDay; full: readonly string[]; searched: Searched }
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
const MAX_DAYS = 62;

/** What the stream of the open day says. */
export interface Watched {
  day: string | null;
  /** How many times of the day are free, or null while that is unknown. */
  free: number | null;
  isUnknown: boolean;
}

/** The days that the search for the first free day knows. */
interface Searched {
  /** Days that have a free time and are in no month that was read. */
  found: FreeByDay;
  known: readonly DayRange[];
}

/** How many times are free by day, and the days on which everything is taken. */
interface Found {
  free: FreeByDay;
  full: readonly string[];
}

interface Answer {
  offerKey: string;
  /** Null after a failure. Then nothing may be shown as free. */
  free: FreeByDay | null;
  full: readonly string[];
  searched: Searched;
}

const NOTHING: Searched = { found: {}, known: [] };

/**
 * Returns the free times around a month. They are read by one request and kept current. Those of
 * the open day come from its stream: otherwise all of its viewers would send a request at each
 * change.
 */
export function useMonth(wanted: MonthWanted, watched: Watched): MonthState {
  const { serviceId, resourceId, month, today, lastDay } = wanted;
  const { api } = usePageServices();
  const [from, to] = rangeAround(month, today, lastDay);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const offerKey = `${serviceId}/${resourceId}`;
  const state = stateOf(answer?.offerKey === offerKey ? answer : null, month);

  const receive = useCallback(
    (found: Found | null, range?: DayRange) =>
      setAnswer((before) => {
        const kept = before?.offerKey === offerKey && before.free ? before : null;
        const searched = kept?.searched ?? NOTHING;
        const known = range ? addRange(searched.known, range) : searched.known;
        return {
          offerKey,
          free: found && { ...kept?.free, ...found.free },
          full: found
            ? [...(kept?.full ?? []).filter((day) => !(day in found.free)), ...found.full]
            : [],
          searched: { ...searched, known },
        };
      }),
    [offerKey],
  );
  const question = {
    ask: () => api.freeByDay(serviceId, resourceId, from, to),
    receive: (found: Found) => receive(found, [from, to]),
    fail: () => receive(null),
    every: state.kind === "unknown" ? RETRY : EVERY,
  };
  useQuestion(question, `${offerKey} ${from} ${to}`);

  // The first free day is certain only when all days before it are known.
  const gap = state.kind === "known" ? gapIn(state, wanted) : null;
  const search = {
    ask: () => (gap ? api.firstFree(serviceId, resourceId, gap) : null),
    receive({ days, searched: { to } }: FirstFree) {
      if (!gap || !days) return;
      setAnswer((before) => {
        if (before?.offerKey !== offerKey) return before;
        const found = Object.entries(days).map(([day, { free }]) => [day, free]);
        const known = addRange(before.searched.known, [gap, later(gap, to)]);
        const searched = {
          found: { ...before.searched.found, ...Object.fromEntries(found) },
          known,
        };
        return { ...before, searched };
      });
    },
    fail() {},
    every: gap ? RETRY : EVERY,
  };
  useQuestion(search, `${offerKey} ${gap}`);

  const { day, free, isUnknown } = watched;
  useLayoutEffect(() => {
    if (day === null || free === null || !answer?.free || answer.free[day] === free) return;
    if (answer.offerKey === offerKey)
      receive({ free: { [day]: free }, full: free === 0 ? [day] : [] });
  }, [answer, day, free, offerKey, receive]);
  return isUnknown ? { kind: "unknown" } : state;
}

function stateOf(answer: Answer | null, month: string): MonthState {
  if (answer === null) return { kind: "loading" };
  const { free, full, searched } = answer;
  if (free === null) return { kind: "unknown" };
  const isKnown = Object.keys(free).some((day) => monthOf(day) === month);
  return isKnown ? { kind: "known", free, full, searched } : { kind: "loading" };
}

/**
 * Returns the first and last day that one request asks for. It begins today if that reaches the end
 * of the month, and else with the month.
 */
function rangeAround(month: string, today: string, lastDay: string): [string, string] {
  const end = earlier(lastDayOf(month), lastDay);
  const [, reach] = reachFrom(today, lastDay);
  return reachFrom(end <= reach ? today : firstDayOf(month), lastDay);
}

const reachFrom = (day: string, lastDay: string): [string, string] => [
  day,
  earlier(addDays(day, MAX_DAYS - 1), lastDay),
];

/**
 * Returns the day from which the search for a free day must ask the server, or null. If the month
 * is empty, the first free day after it is searched, too.
 */
function gapIn(state: MonthState, { month, today, lastDay }: MonthWanted): string | null {
  const searches = [firstFree(state, today, lastDay)];
  if (isEmpty(state, month))
    searches.push(firstFree(state, later(today, firstDayOf(month)), lastDay));
  const unknown = searches.find((search) => search.kind === "unknown");
  return unknown?.kind === "unknown" ? unknown.from : null;
}

/** Tells whether it is known that nothing is free in a month. */
export function isEmpty(state: MonthState, month: string): boolean {
  if (state.kind !== "known") return false;
  const counts = Object.entries(state.free).filter(([day]) => monthOf(day) === month);
  return counts.length > 0 && counts.every(([, count]) => count === 0);
}

/** Searches the known days from `from` on for the first one with a free time. */
export function firstFree(state: MonthState, from: string, lastDay: string): Search {
  if (state.kind !== "known") return { kind: "unknown", from };
  const { found, known } = state.searched;
  return searchFree({ ...found, ...state.free }, known, from, lastDay);
}
