import type { ComponentType } from "preact";
import { useEffect } from "react";
import type { PageProps } from "./page";
import * as texts from "./texts";
import { useCatalogue } from "./useCatalogue";
import { useRoute } from "./useRoute";

/** Shows a page as soon as it is known what there is to book. */
export function App({ page: Page }: { page: ComponentType<PageProps> }) {
  const state = useCatalogue();
  const [route, go] = useRoute();
  useEffect(() => {
    if (state.kind === "known") document.title = state.catalogue.business.name;
  }, [state]);

  if (state.kind === "known") return <Page catalogue={state.catalogue} route={route} go={go} />;
  return (
    <main class="booker waiting">
      <p class="quiet" role="status">
        {state.kind === "loading" ? texts.loading : texts.unreachable}
      </p>
    </main>
  );
}
