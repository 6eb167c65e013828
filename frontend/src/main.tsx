import { render } from "preact";
import { App } from "./booking/App";
import { BookingPage } from "./booking/BookingPage";
import { prefill } from "./booking/hooks/useDraft";
import { createPageServices, PageServicesContext } from "./booking/pageServices";
import { parseRoute } from "./booking/route";
import "./booking/styles/page.css";

/** Code that isn't needed to book is loaded only where it is needed. */
async function pageFor(address: URL) {
  const route = parseRoute(address);
  if (route.step === "my") return (await import("./booking/MyPage")).MyPage;
  if (!("link" in route)) return BookingPage;
  const { ManagePage } = await import("./booking/ManagePage");
  return ManagePage;
}

const services = createPageServices();
prefill(services.tabStorage);
const root = document.getElementById("page") ?? document.body;
const frame = root.innerHTML;
pageFor(new URL(location.href)).then((page) =>
  render(
    <PageServicesContext.Provider value={services}>
      <App page={page} frame={frame} />
    </PageServicesContext.Provider>,
    root,
  ),
);
