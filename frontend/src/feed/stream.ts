import type { Cancel, Environment } from "../core/environment";
import type { View } from "../core/wire";

export interface StreamListener<Streamed> {
  onView(view: Streamed): void;
  /** Nothing has changed, and the stream has lived for a heartbeat. */
  onHeartbeat(): void;
  /** The server says when to come back; a stream that broke says nothing. */
  onEnd(comeBackAfter?: number): void;
}

interface Heartbeat {
  server_time: string;
}

/** The last words of a stream; one that breaks has none. */
interface Goodbye {
  retry_ms?: number;
}

/** Opens one stream. It ends once, by itself or when told to, and says nothing afterwards. */
export function openStream<Streamed extends View>(
  environment: Environment,
  url: string,
  listener: StreamListener<Streamed>,
): Cancel {
  const { clock, serverClock, streamTimeout } = environment;
  let isOpen = true;
  let cancelWatchdog = watch();
  const disconnect = environment.stream(url, onEvent);

  /** Who is silent for two heartbeats is gone, whatever the connection looks like. */
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

  /** An EventSource that breaks may stop for good or come back as it likes: neither is left to it. */
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
