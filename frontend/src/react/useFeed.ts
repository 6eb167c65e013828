import { useEffect, useReducer } from "react";
import type { Cancel } from "../feed/environment";
import type { FeedState } from "../feed/feed";

interface Followed<View> {
  readonly state: FeedState<View>;
  subscribe(listener: () => void): Cancel;
}

/** Follows a feed while mounted and renders when its state changes. */
export function useFeed<View>(feed: Followed<View> | null): FeedState<View> {
  const [, render] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => feed?.subscribe(() => render(undefined)), [feed]);
  return feed?.state ?? { status: "connecting" };
}
