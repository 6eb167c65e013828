import type { ComponentType } from "preact";
import { useEffect, useState } from "react";
import * as texts from "../texts";

/** Loads and shows the first run. It is needed only once, so its code is in a file of its own. */
export function FirstRun() {
  const [page, setPage] = useState<{ component: ComponentType } | "failed" | null>(null);
  useEffect(() => {
    import("../setup/SetupPage").then(
      ({ SetupPage }) => setPage({ component: SetupPage }),
      () => setPage("failed"),
    );
  }, []);
  if (page === null || page === "failed") {
    return (
      <main class="alone">
        <p role="status">{page === null ? texts.loading : texts.unreachable}</p>
      </main>
    );
  }
  return <page.component />;
}
