import { BookingPage } from "./BookingPage";
import { texts } from "./texts";
import { useCatalogue } from "./useCatalogue";
import { useRoute } from "./useRoute";

export function App() {
  const state = useCatalogue();
  const [route, go] = useRoute();
  if (state.kind !== "known") {
    return (
      <main class="booker waiting">
        <p class="quiet" role="status">
          {state.kind === "loading" ? texts.loading : texts.unreachable}
        </p>
      </main>
    );
  }
  return <BookingPage catalogue={state.catalogue} route={route} go={go} />;
}
