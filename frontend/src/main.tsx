import { render } from "preact";
import { App } from "./booking/App";
import { browserParts, PartsProvider } from "./booking/parts";
import "./booking/tokens.css";
import "./booking/page.css";

const page = document.querySelector("#page");
if (page) {
  render(
    <PartsProvider value={browserParts()}>
      <App />
    </PartsProvider>,
    page,
  );
}
