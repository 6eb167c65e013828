import { render } from "preact";
import { App } from "./booking/App";
import { BookingPage } from "./booking/BookingPage";
import { prefill } from "./booking/hooks/useDraft";
import { createPageServices, PageServicesContext } from "./booking/pageServices";
import { parseRoute } from "./booking/route";
import "./booking/styles/page.css";

/** The code that changes a booking is loaded only where it is needed. */
async function pageFor(address: URL) {
  if (!("link" in parseRoute(address))) return BookingPage;
  const { ManagePage } = await import("./booking/ManagePage");
  return ManagePage;
}

const services = createPageServices();
prefill(services.tabStorage);
pageFor(new URL(location.href)).then((page) =>
  render(
    <PageServicesContext.Provider value={services}>
      <App page={page} />
    </PageServicesContext.Provider>,
    document.body,
  ),
);
