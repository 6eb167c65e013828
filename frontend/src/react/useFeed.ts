import { useEffect, useReducer } from "react";
import type { Feed, FeedState } from "../feed/feed";

const connecting: FeedState<never> = { status: "connecting" };

/** Follows a feed while mounted and renders when its state changes. */
export function useFeed<View>(feed: Feed<View> | null): FeedState<View> {
  const [, render] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => feed?.subscribe(() => render(undefined)), [feed]);
  return feed?.state ?? connecting;
}
