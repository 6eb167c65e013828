import { useEffect, useRef, useState } from "react";
import { BASE } from "../../core/base";
import { dress, type Look, type Theme } from "./dress";
import * as texts from "./texts";

const THEMES = ["light", "dark"] as const;

/**
 * The real booking page in a frame, with an appearance that is not saved. The page has the same
 * origin as the office, so the office changes its document directly. Other sites can't do that: no
 * address and no message has this effect.
 */
export function Preview({ look }: { look: Look }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [theme, setTheme] = useState<Theme>("light");
  const [loads, setLoads] = useState(0);
  const { styleSheet, name, logo, picture } = look;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that is loaded anew has no look.
  useEffect(() => {
    const page = frame.current?.contentDocument;
    // While the page is being loaded, it may have no body.
    return page?.body ? dress(page, theme, { styleSheet, name, logo, picture }) : undefined;
  }, [theme, styleSheet, name, logo, picture, loads]);
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
