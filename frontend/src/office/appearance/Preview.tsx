import { useEffect, useRef, useState } from "react";
import { BASE } from "../../core/base";
import * as texts from "./texts";
import type { Appearance } from "./useAppearance";

const THEMES = ["light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/**
 * The real booking page in a frame, in an appearance that nobody has saved. It is of this origin,
 * so its style sheet is changed from here: no address and no message can do that from elsewhere.
 */
export function Preview({ appearance }: { appearance: Appearance | null }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [theme, setTheme] = useState<Theme>("light");
  const [loads, setLoads] = useState(0);
  const sheet = appearance?.style_sheet;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that is loaded anew has no look.
  useEffect(() => {
    const page = frame.current?.contentDocument;
    if (page) dress(page, theme, sheet);
  }, [theme, sheet, loads]);
  return (
    <section class="preview" aria-labelledby="preview-title">
      <div class="preview-head">
        <h2 id="preview-title">{texts.preview}</h2>
        <fieldset class="choices-row">
          <legend class="visually-hidden">{texts.theme}</legend>
          {THEMES.map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="theme"
                checked={theme === each}
                onChange={() => setTheme(each)}
              />
              {texts.themes[each]}
            </label>
          ))}
        </fieldset>
      </div>
      <iframe
        ref={frame}
        title={texts.previewOf}
        src={`${BASE}/`}
        onLoad={() => setLoads((count) => count + 1)}
      />
    </section>
  );
}

/** The former style sheet goes when the new one is there, so that nothing flashes. */
function dress(page: Document, theme: Theme, sheet: string | undefined) {
  page.documentElement.dataset.theme = theme;
  const worn = [...page.querySelectorAll<HTMLLinkElement>("link[data-preview]")];
  if (!sheet || worn.at(-1)?.getAttribute("href") === sheet) return;
  const link = page.createElement("link");
  link.rel = "stylesheet";
  link.href = sheet;
  link.dataset.preview = "";
  link.onload = () => {
    for (const former of worn) former.remove();
  };
  page.head.append(link);
}
