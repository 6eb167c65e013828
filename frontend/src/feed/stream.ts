import type { Cancel, Environment } from "../core/environment";
import type { View } from "../core/wire";

export interface StreamListener<Streamed> {
  told(view: Streamed): void;
  /** Nothing has changed, and the stream has lived for a heartbeat. */
  beat(): void;
  /** The server says when to come back; a stream that broke says nothing. */
  ended(comeBackAfter?: number): void;
}

interface Beat {
  server_time: string;
}

/** The last words of a stream; one that breaks has none. */
interface Bye {
  retry_ms?: number;
}

/** Opens one stream. It ends once, by itself or when told to, and says nothing afterwards. */
export function openStream<Streamed extends View>(
  environment: Environment,
  url: string,
  listener: StreamListener<Streamed>,
): Cancel {
  const { clock, serverClock, patience } = environment;
  let isOpen = true;
  let cancelWatchdog = watch();
  const disconnect = environment.stream(url, hear);

  /** Who is silent for two heartbeats is gone, whatever the connection looks like. */
  function watch(): Cancel {
    return clock.after(patience, () => end());
  }

  function close(): void {
    isOpen = false;
    cancelWatchdog();
    disconnect();
  }

  function end(comeBackAfter?: number): void {
    close();
    listener.ended(comeBackAfter);
  }

  /** An EventSource that breaks may stop for good or come back as it likes: neither is left to it. */
  function hear(data?: string): void {
    if (!isOpen) return;
    const said: Streamed | Beat | Bye = data === undefined ? {} : JSON.parse(data);
    if (!("server_time" in said)) {
      end(said.retry_ms);
      return;
    }
    cancelWatchdog();
    cancelWatchdog = watch();
    serverClock.learn(said.server_time);
    if ("revision" in said) listener.told(said);
    else listener.beat();
  }

  return close;
}
