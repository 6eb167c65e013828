import { render } from "preact";
import { reloadOutdated } from "./api/outdated";
import { App } from "./booking/App";
import { BookingPage } from "./booking/BookingPage";
import { prefill } from "./booking/hooks/useDraft";
import { missingCode } from "./booking/hooks/useLoadedCode";
import { createPageServices, PageServicesContext } from "./booking/pageServices";
import { parseRoute } from "./booking/route";
import { loadLater, speak, wantedLanguage } from "./booking/texts";
import "./booking/styles/page.css";

const offered = document.getElementById("catalog")?.textContent ?? "null";
const services = createPageServices({ tab: window, catalog: JSON.parse(offered) });
prefill(services.tabStorage);
missingCode.report = reloadOutdated;
const root = document.getElementById("page") ?? document.body;
const frame = root.innerHTML;
const spoken = speak(wantedLanguage(services.storage));

/**
 * Returns the page for an address. Code that isn't needed to book is loaded only where it is
 * needed.
 */
async function pageFor(address: URL) {
  const route = parseRoute(address);
  if (route.step !== "my" && !("link" in route)) return BookingPage;
  const code =
    route.step === "my"
      ? import("./booking/MyPage").then(({ MyPage }) => MyPage)
      : import("./booking/ManagePage").then(({ ManagePage }) => ManagePage);
  await spoken.then(loadLater);
  return code;
}

pageFor(new URL(location.href)).then(async (page) => {
  await spoken;
  const show = () =>
    render(
      <PageServicesContext.Provider value={services}>
        <App page={page} frame={frame} onSpoken={show} />
      </PageServicesContext.Provider>,
      root,
    );
  show();
});
