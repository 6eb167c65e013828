import type { FactOut as Fact } from "../api/types";
import { useLoaded } from "../components/useLoaded";
import { server } from "../shell/names";
import * as officeTexts from "../texts";
import * as texts from "./texts";

/** The page that shows the settings of the server. */
export function ServerPage() {
  const { answer, failure } = useLoaded<Fact[]>("/server");
  return (
    <>
      <h1 tabIndex={-1}>{server}</h1>
      <p class="quiet">{texts.hint}</p>
      {failure && <p role="alert">{failure}</p>}
      {!answer && !failure && <p role="status">{officeTexts.loading}</p>}
      {answer && (
        <ul class="rows card-rows">
          {answer.map(({ name, value, setting }) => (
            <li key={name}>
              <p class="row-text">
                <span class="quiet">{texts.names[name] ?? name}</span>
                <span>
                  <bdi>{texts.sayValue(name, value)}</bdi>
                </span>
              </p>
              {setting && <code class="quiet">{setting}</code>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
