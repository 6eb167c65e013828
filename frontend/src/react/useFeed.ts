import type { Cancel } from "../core/environment";
import type { FeedState } from "../feed/feed";
import { useChanges } from "./useChanges";

interface Followed<View> {
  readonly state: FeedState<View>;
  subscribe(listener: () => void): Cancel;
}

/**
 * Follows a feed while the component is mounted, and draws it again when the feed's state changes.
 */
export function useFeed<View>(feed: Followed<View> | null): FeedState<View> {
  useChanges(feed);
  return feed?.state ?? { status: "connecting" };
}
