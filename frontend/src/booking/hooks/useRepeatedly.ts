import { useEffect, useRef, useState } from "react";
import { usePageServices } from "../pageServices";

/** Does something at an interval while the page is shown, and when it is shown again. */
export function useRepeatedly(every: number, action: () => void): void {
  const { clock, visibility } = usePageServices().environment;
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    let due = clock.now() + every;
    let cancelTimer = wait();
    function wait() {
      return clock.after(Math.max(0, due - clock.now()), act);
    }
    function act() {
      cancelTimer();
      if (visibility.isHidden()) return;
      if (clock.now() >= due) {
        due = clock.now() + every;
        latest.current();
      }
      cancelTimer = wait();
    }
    const unwatch = visibility.onChange(act);
    return () => {
      cancelTimer();
      unwatch();
    };
  }, [clock, visibility, every]);
}

/** Returns the server's time, and reads it again at an interval. */
export function useServerNow(every: number): number {
  const { serverClock } = usePageServices().environment;
  const [now, setNow] = useState(() => serverClock.now());
  useRepeatedly(every, () => setNow(serverClock.now()));
  return now;
}
