import type { Cancel, Environment } from "../core/environment";
import type { View } from "../core/wire";

export interface StreamListener<Streamed> {
  onView(view: Streamed): void;
  /** Nothing has changed, and the stream has lived for a heartbeat. */
  onHeartbeat(): void;
  /** The argument is the server's advice when to come back; a broken stream has none. */
  onEnd(comeBackAfter?: number): void;
}

interface Heartbeat {
  server_time: string;
}

/** The last event of a stream that the server ends; a broken stream has none. */
interface Goodbye {
  retry_ms?: number;
}

/** Opens one stream. After its end, or after it is cancelled, no listener is called. */
export function openStream<Streamed extends View>(
  environment: Environment,
  url: string,
  listener: StreamListener<Streamed>,
): Cancel {
  const { clock, serverClock, streamTimeout } = environment;
  let isOpen = true;
  let cancelWatchdog = watch();
  const disconnect = environment.stream(url, onEvent);

  /** A stream without an event for two heartbeats has ended, even if it seems open. */
  function watch(): Cancel {
    return clock.after(streamTimeout, () => end());
  }

  function close(): void {
    isOpen = false;
    cancelWatchdog();
    disconnect();
  }

  function end(comeBackAfter?: number): void {
    close();
    listener.onEnd(comeBackAfter);
  }

  /** A broken EventSource may stop or reconnect by itself; this code closes it and decides. */
  function onEvent(data?: string): void {
    if (!isOpen) return;
    const event: Streamed | Heartbeat | Goodbye = data === undefined ? {} : JSON.parse(data);
    if (!("server_time" in event)) {
      end(event.retry_ms);
      return;
    }
    cancelWatchdog();
    cancelWatchdog = watch();
    serverClock.learn(event.server_time);
    if ("revision" in event) listener.onView(event);
    else listener.onHeartbeat();
  }

  return close;
}
