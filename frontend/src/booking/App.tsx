import type { ComponentType } from "preact";
import { LanguageSwitch } from "./components/LanguageSwitch";
import { TryAgain } from "./components/TryAgain";
import { useCatalog } from "./hooks/useCatalog";
import { useRoute } from "./hooks/useRoute";
import type { PageProps } from "./pageProps";
import { texts } from "./texts";

interface AppProps {
  page: ComponentType<PageProps>;
  /** The HTML that is shown until the catalog is known. */
  frame: string;
  /** Draws the whole page again, in the language that it speaks now. */
  onSpoken(): void;
}

/** Shows a page as soon as the catalog is known. */
export function App({ page: Page, frame, onSpoken }: AppProps) {
  const [state, askAgain] = useCatalog();
  const [route, go] = useRoute();

  if (state.kind === "known")
    return (
      <>
        <Page catalog={state.catalog} route={route} go={go} onOutdated={askAgain} />
        <LanguageSwitch onSpoken={onSpoken} />
      </>
    );
  if (state.kind === "loading") {
    return (
      <>
        <p class="visually-hidden" role="status">
          {texts.loading}
        </p>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the page's own HTML, see main.tsx */}
        <div dangerouslySetInnerHTML={{ __html: frame }} />
      </>
    );
  }
  return (
    <main class="booker unreachable">
      <div class="waiting-text">
        <h1>{texts.unreachable}</h1>
        <p class="quiet" role="status">
          {texts.triesAgain}
        </p>
        <TryAgain onTry={askAgain} />
      </div>
    </main>
  );
}
