import { render } from "preact";
import { createOfficeApi } from "./api/officeApi";
import { App } from "./shell/App";
import { OfficeContext } from "./shell/office";
import { PAGES, pageAt } from "./shell/pages";
import { placeOf } from "./shell/router";
import "./styles/office.css";

// The page's code is loaded while the server is asked who is signed in. If that fails, the layout
// loads it again.
pageAt(PAGES, placeOf(new URL(location.href)).path)
  ?.load()
  .catch(() => {});

render(
  <OfficeContext.Provider value={createOfficeApi()}>
    <App />
  </OfficeContext.Provider>,
  document.body,
);
