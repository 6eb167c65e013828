import type { ComponentType } from "preact";
import { useEffect } from "react";
import type { PageProps } from "./page";
import { TryAgain } from "./TryAgain";
import * as texts from "./texts";
import { useCatalogue } from "./useCatalogue";
import { useRoute } from "./useRoute";

/** Shows a page as soon as it is known what there is to book. */
export function App({ page: Page }: { page: ComponentType<PageProps> }) {
  const [state, askAgain] = useCatalogue();
  const [route, go] = useRoute();
  useEffect(() => {
    if (state.kind === "known") document.title = state.catalogue.business.name;
  }, [state]);

  if (state.kind === "known") return <Page catalogue={state.catalogue} route={route} go={go} />;
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
