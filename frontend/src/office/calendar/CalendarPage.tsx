import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { BASE } from "../../core/base";
import type { Session } from "../api/officeApi";
import { useOfficeApi, useUser } from "../shell/office";
import { go, type Place } from "../shell/router";
import { type Range, streamPath } from "./calendarApi";
import { type NewsListener, ScheduleView } from "./ScheduleView";
import { Schedule } from "./schedule";
import { pathOf, rangeOf, readShown, type Shown } from "./shown";
import { CalendarStream, type Connection } from "./stream";
import { Toolbar } from "./Toolbar";
import * as texts from "./texts";
import { useShortcuts } from "./useShortcuts";
import type { Calendar } from "./wire";

/** Below this width the calendar is a list, unless the user chooses another view. */
const PHONE = "(max-width: 40rem)";

/** The calendar of the business, which is the first page of the office. */
export function CalendarPage({ place }: { place: Place }) {
  const { user } = useUser();
  const isPhone = useMedia(PHONE);
  const [known, setKnown] = useState<Calendar | null>(null);
  const shown = readShown(place, known?.time_zone ?? null, isPhone);
  const range = rangeOf(shown);
  const newsListener = useRef<NewsListener | null>(null);
  const { schedule, connection, isFailed } = useSchedule(range, setKnown, newsListener);

  const show = (next: Partial<Shown>) => go(pathOf({ ...shown, ...next }, isPhone));

  const canWrite = user.scopes.includes("bookings:write");
  const beginner = useRef<(() => void) | null>(null);
  const begin = () => {
    if (canWrite) beginner.current?.();
  };
  useShortcuts({ shown, onShow: show, onNew: begin, zone: known?.time_zone ?? null });

  return (
    <div class="calendar-page">
      <h1 class="visually-hidden" tabIndex={-1}>
        {texts.calendar}
      </h1>
      <Toolbar
        shown={shown}
        calendar={schedule?.calendar ?? known}
        connection={connection}
        canWrite={canWrite && schedule !== null}
        onShow={show}
        onNew={begin}
        onPrint={() => window.print()}
      />
      {schedule ? (
        <ScheduleView
          key={`${range.from} ${range.days} ${range.resources}`}
          schedule={schedule}
          connection={connection}
          shown={shown}
          isPhone={isPhone}
          beginner={beginner}
          newsListener={newsListener}
        />
      ) : (
        <p role="status">{isFailed ? texts.failed : texts.loading}</p>
      )}
    </div>
  );
}

/** Returns the schedule of a range, which the stream keeps current. */
function useSchedule(
  range: Range,
  onCalendar: (calendar: Calendar) => void,
  listeners: RefObject<NewsListener | null>,
) {
  const api = useOfficeApi();
  const { user } = useUser();
  const name = streamPath(range);
  const [state, setState] = useState<{ name: string; schedule: Schedule } | null>(null);
  const [connection, setConnection] = useState<Connection>("connecting");
  const listener = useRef(onCalendar);
  listener.current = onCalendar;
  useEffect(() => {
    let schedule: Schedule | null = null;
    const stream = new CalendarStream(BASE + name, {
      onCalendar(calendar) {
        listener.current(calendar);
        if (schedule) return schedule.replace(calendar);
        schedule = new Schedule(calendar);
        setState({ name, schedule });
      },
      onColumn: (column) => schedule?.update(column),
      onNews: (bookings) => listeners.current?.(bookings),
      onConnection(now) {
        setConnection(now);
        if (now === "signed_out") api.tellSignedOut();
      },
      isSignedIn: async () => (await api.get<Session>("/session")).user?.id === user.id,
    });
    setConnection("connecting");
    stream.start();
    return () => stream.stop();
    // Signing in makes another `user`, for whom the stream is opened again.
  }, [api, name, listeners, user]);
  const schedule = state?.name === name ? state.schedule : null;
  return { schedule, connection, isFailed: !schedule && connection === "offline" };
}

function useMedia(query: string): boolean {
  const media = useMemo(() => matchMedia(query), [query]);
  const [matches, setMatches] = useState(media.matches);
  useLayoutEffect(() => {
    const listen = () => setMatches(media.matches);
    media.addEventListener("change", listen);
    return () => media.removeEventListener("change", listen);
  }, [media]);
  return matches;
}
