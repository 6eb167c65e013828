import { linkTo } from "../route";
import { texts } from "../texts";

/** In a frame of another site a browser doesn't send the cookie of a session, so a tab is opened. */
export function MyBookingsLink() {
  return (
    <a class="change" href={linkTo({ step: "my" })} target={window.top === window ? "" : "_blank"}>
      {texts.myBookings}
    </a>
  );
}
