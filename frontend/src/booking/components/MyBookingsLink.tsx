import { linkTo } from "../route";
import { texts } from "../texts";

/**
 * The link to the visitor's bookings. Within a frame of another site it opens a tab, because a
 * browser doesn't send the session's cookie from such a frame.
 */
export function MyBookingsLink() {
  return (
    <a class="change" href={linkTo({ step: "my" })} target={window.top === window ? "" : "_blank"}>
      {texts.myBookings}
    </a>
  );
}
