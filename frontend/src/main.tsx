import { render } from "preact";
import { App } from "./booking/App";
import { BookingPage } from "./booking/BookingPage";
import { browserParts, PartsProvider } from "./booking/parts";
import { parseRoute } from "./booking/route";
import "./booking/tokens.css";
import "./booking/page.css";

/** The few who change a booking load what is needed for it; all others don't. */
async function pageFor(address: URL) {
  if (!("link" in parseRoute(address))) return BookingPage;
  const { ManagePage } = await import("./booking/ManagePage");
  return ManagePage;
}

pageFor(new URL(location.href)).then((page) =>
  render(
    <PartsProvider value={browserParts()}>
      <App page={page} />
    </PartsProvider>,
    document.body,
  ),
);
