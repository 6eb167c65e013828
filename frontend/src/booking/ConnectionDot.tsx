import type { FeedStatus } from "../feed/feed";
import { texts } from "./texts";

export function ConnectionDot({ status }: { status: FeedStatus }) {
  return (
    <span
      class="connection"
      data-testid="connection"
      data-status={status}
      role="img"
      aria-label={texts.connection[status]}
      title={texts.connection[status]}
    />
  );
}
