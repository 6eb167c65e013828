import type { Cancel, Environment } from "../core/environment";
import type { View } from "../core/wire";

export interface StreamListener<Streamed> {
  onView(view: Streamed): void;
  /** Called at a heartbeat: nothing has changed, and the stream still lives. */
  onHeartbeat(): void;
  /**
   * Called at the end of the stream. The argument is the number of milliseconds after which the
   * server wants the client to come back; a broken stream has none.
   */
  onEnd(comeBackAfter?: number): void;
}

interface Heartbeat {
  server_time: string;
}

/** The last event of a stream that the server ends as planned. A broken stream ends without it. */
interface Goodbye {
  retry_ms?: number;
}

/**
 * Opens one stream. After its end, or after it is cancelled, the listener isn't called any more.
 */
export function openStream<Streamed extends View>(
  environment: Environment,
  url: string,
  listener: StreamListener<Streamed>,
): Cancel {
  const { clock, serverClock, streamTimeout } = environment;
  let isOpen = true;
  let cancelWatchdog = watch();
  const disconnect = environment.stream(url, onEvent);

  /** Ends the stream if no event comes for two heartbeats, even if the stream seems open. */
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

  /**
   * Handles an event. After an error an EventSource may stop or reconnect by itself, so this closes
   * it, and the listener decides what to do.
   */
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
