import { useEffect, useRef } from "react";
import { BASE } from "../../core/base";
import type { Session } from "../api/officeApi";
import { streamPath } from "../calendar/calendarApi";
import { CalendarStream } from "../calendar/stream";
import { dayIn } from "../calendar/time";
import { useOfficeApi, useUser } from "../shell/office";

/** Milliseconds in which changes are collected, so that they are shown together. */
const PAUSE = 300;

/** Calls `onNews` when there is a new booking of any day, or when something of today changes. */
export function useNews(onNews: () => void): void {
  const api = useOfficeApi();
  const { user } = useUser();
  const listener = useRef(onNews);
  listener.current = onNews;
  useEffect(() => {
    let timer = 0;
    const tell = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => listener.current(), PAUSE);
    };
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const range = { from: dayIn(Date.now(), timeZone), days: 1, resources: [] };
    const stream = new CalendarStream(BASE + streamPath(range), {
      // The stream sends a calendar when it is opened. The list is read again then, because no event
      // tells of a booking that was made after the list was read and before the stream was open.
      onCalendar: tell,
      onColumn: tell,
      onNews: tell,
      onConnection(now) {
        if (now === "signed_out") api.tellSignedOut();
      },
      isSignedIn: async () => (await api.get<Session>("/session")).user?.id === user.id,
    });
    stream.start();
    return () => {
      clearTimeout(timer);
      stream.stop();
    };
    // Signing in makes another `user`, for whom the stream is opened again.
  }, [api, user]);
}
