import { useState } from "react";
import { moment } from "../components/moment";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";

interface Entry {
  id: number;
  at: string;
  actor: string;
  by: string | null;
  address: string | null;
  action: string;
  reference: string | null;
  details: Record<string, unknown>;
}

interface Part {
  entries: Entry[];
  next: number | null;
}

/** Who did what, when and from where; the newest first. */
export function AuditPage() {
  const { answer, failure } = useLoaded<Part>("/audit");
  const api = useOfficeApi();
  const [more, setMore] = useState<Part[]>([]);
  const next = (more.at(-1) ?? answer)?.next ?? null;
  const reading = useAction(async () => {
    setMore([...more, await api.get<Part>(`/audit?before=${next}`)]);
  });
  const entries = [...(answer?.entries ?? []), ...more.flatMap((part) => part.entries)];
  return (
    <>
      <h1 tabIndex={-1}>{texts.audit}</h1>
      {(failure || reading.failure) && <p role="alert">{failure || reading.failure}</p>}
      <ol class="rows card-rows">
        {entries.map((entry) => (
          <li key={entry.id}>
            <p class="row-text">
              <span>
                {texts.actions[entry.action] ?? entry.action}
                {entry.reference && ` · ${entry.reference}`}
              </span>
              <span class="quiet">
                <bdi>{entry.by ?? texts.actors[entry.actor] ?? entry.actor}</bdi>
                {` · ${moment(entry.at)}`}
                {entry.address && ` · ${entry.address}`}
              </span>
              <Details details={entry.details} />
            </p>
          </li>
        ))}
      </ol>
      {next !== null && (
        <div class="buttons">
          <button
            type="button"
            class="secondary"
            disabled={reading.isRunning}
            onClick={() => reading.run()}
          >
            {texts.showMore}
          </button>
        </div>
      )}
    </>
  );
}

/** A change has what was before and what is now. */
function Details({ details }: { details: Entry["details"] }) {
  const said = Object.entries(details).map(([name, value]) => {
    const shown = Array.isArray(value) ? value.map(plain).join(" → ") : plain(value);
    return `${name.replaceAll("_", " ")}: ${shown}`;
  });
  return said.length > 0 ? <span class="quiet details">{said.join(", ")}</span> : null;
}

const plain = (value: unknown) => (value === null ? "–" : String(value));
