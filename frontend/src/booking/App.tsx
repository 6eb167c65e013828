import type { ComponentType } from "preact";
import { useEffect } from "react";
import { TryAgain } from "./components/TryAgain";
import { useCatalog } from "./hooks/useCatalog";
import { useRoute } from "./hooks/useRoute";
import type { PageProps } from "./pageProps";
import * as texts from "./texts";

/** Shows a page as soon as the catalog is known. */
export function App({ page: Page }: { page: ComponentType<PageProps> }) {
  const [state, askAgain] = useCatalog();
  const [route, go] = useRoute();
  useEffect(() => {
    if (state.kind === "known") document.title = state.catalog.business.name;
  }, [state]);

  if (state.kind === "known") return <Page catalog={state.catalog} route={route} go={go} />;
  return (
    <main class="booker waiting">
      <div class="waiting-text">
        <p class={state.kind === "loading" ? "quiet" : ""} role="status">
          {state.kind === "loading" ? texts.loading : texts.unreachable}
        </p>
        {state.kind === "unreachable" && <TryAgain onTry={askAgain} />}
      </div>
    </main>
  );
}
