import type { Cancel, Environment } from "../core/environment";
import type { View } from "../core/wire";
import { backoff } from "./backoff";
import { createPoller } from "./poller";
import type { FeedMode, Sink, Source } from "./source";
import { openStream } from "./stream";
import { addSeen, streamPath } from "./viewPaths";

/** Milliseconds after which a hidden tab gives up its stream. */
const SLEEP_AFTER = 60_000;
/** Milliseconds for which a received view counts as fresh. */
const FRESH_FOR = 1_000;
/**
 * All streams of a node may break at the same time. Their viewers poll at random times within these
 * milliseconds.
 */
const CUT_SPREAD = 200;
/**
 * After a goodbye nothing is lost, so the next poll waits at least these milliseconds for the next
 * stream.
 */
const GOODBYE_GRACE = 100;

/** Follows a view by a stream, and polls while there is no stream. */
export function createViewSource<Followed extends View>(
  environment: Environment,
  path: string,
): Source<Followed> {
  const { clock, visibility, network, random, loaded } = environment;
  let sink: Sink<Followed> | null = null;
  let latest: Followed | null = null;
  let isLive = false;
  /** Ends the stream, or the wait for the next one; null when there is neither. */
  let cancelStream: Cancel | null = null;
  let breaks = 0;
  let subscriptions: Cancel[] = [];
  let cancelSleep = () => {};

  const poller = createPoller<Followed>(environment, path, {
    onRequest: () => sink?.onRequest(),
    onAnswer(view) {
      publish("polling", view);
      void loaded.then(connect);
    },
    onFailure: () => sink?.onFailure(),
    latest: () => latest,
  });

  function publish(mode: FeedMode, view: Followed | null = latest): void {
    latest = view;
    if (view !== null) sink?.onView(mode, view);
  }

  function connect(): void {
    if (sink === null || cancelStream !== null || visibility.isHidden()) return;
    const seen = latest?.revision;
    cancelStream = openStream<Followed>(environment, addSeen(streamPath(path), seen), {
      onView(view) {
        if (!isLive && seen !== latest?.revision) reconnect();
        else {
          isLive = true;
          poller.pause();
          publish("live", view);
        }
      },
      onHeartbeat() {
        breaks = 0;
      },
      onEnd: handleEnd,
    });
  }

  /**
   * Opens the stream again, because a poll has brought a new view since the stream was requested.
   * The stream's view may be older.
   */
  function reconnect(): void {
    hangUp();
    poller.pause();
    poller.pollAfter(FRESH_FOR);
    connect();
  }

  function handleEnd(comeBackAfter?: number): void {
    const wasLive = isLive;
    isLive = false;
    const [pause, untilPoll] =
      comeBackAfter === undefined
        ? [backoff(++breaks, random(), 0), CUT_SPREAD * random()]
        : [comeBackAfter * (0.5 + random()), GOODBYE_GRACE + FRESH_FOR * random()];
    cancelStream = clock.after(pause, () => {
      cancelStream = null;
      connect();
    });
    if (wasLive) poller.pollAfter(untilPoll);
  }

  function hangUp(): void {
    isLive = false;
    cancelStream?.();
    cancelStream = null;
  }

  function sleep(): void {
    hangUp();
    sink?.onFailure();
  }

  /**
   * Polls immediately, because the last view may be old. The stream is opened again after the
   * answer.
   */
  function startOver(): void {
    hangUp();
    breaks = 0;
    if (!visibility.isHidden()) poller.poll();
  }

  function onVisibility(): void {
    cancelSleep();
    if (visibility.isHidden()) cancelSleep = clock.after(SLEEP_AFTER, sleep);
    else if (!isLive) startOver();
  }

  function onNetwork(isBack: boolean): void {
    if (isBack) {
      sink?.onFailure();
      startOver();
    } else {
      hangUp();
      poller.pollAfter(FRESH_FOR);
    }
  }

  return {
    start(into) {
      sink = into;
      subscriptions = [visibility.onChange(onVisibility), network.onChange(onNetwork)];
      poller.poll();
    },
    refresh() {
      if (sink !== null && !isLive) poller.poll();
    },
    stop() {
      sink = null;
      for (const cancel of [...subscriptions, cancelSleep, hangUp, poller.pause]) cancel();
    },
  };
}
