import { useState } from "react";
import type { AuditPageOut as Part } from "../api/types";
import { moment } from "../components/moment";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";
import { AuditFilter, EVERYTHING, queryOf } from "./AuditFilter";
import { Details } from "./Details";
import * as words from "./texts";

/** The list of who did what, when and from where. The newest entry is first. */
export function AuditPage() {
  const [wanted, setWanted] = useState(EVERYTHING);
  const names = useLoaded<{ who: string; name: string }[]>("/audit/names").answer ?? [];
  const { addressOfFile } = useOfficeApi();
  const query = queryOf(wanted);
  const found = useLoaded<Part>(`/audit${query}`);
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>{texts.audit}</h1>
        <div class="buttons">
          <a class="quiet-button" download href={addressOfFile(`/audit.csv${query}`)}>
            {words.saveCsv}
          </a>
          <a class="quiet-button" download href={addressOfFile(`/audit.json${query}`)}>
            {words.saveJson}
          </a>
        </div>
      </div>
      <AuditFilter names={names} onChange={setWanted} />
      {found.failure && <p role="alert">{found.failure}</p>}
      {found.answer && (
        <Entries
          key={query}
          first={found.answer}
          query={query}
          names={new Map(names.map(({ who, name }) => [who, name]))}
        />
      )}
    </>
  );
}

interface EntriesProps {
  first: Part;
  query: string;
  names: ReadonlyMap<string, string>;
}

function Entries({ first, query, names }: EntriesProps) {
  const api = useOfficeApi();
  const [more, setMore] = useState<Part[]>([]);
  const next = (more.at(-1) ?? first).next;
  const reading = useAction(async () => {
    const path = `/audit${query}${query ? "&" : "?"}before=${next}`;
    setMore([...more, await api.get<Part>(path)]);
  });
  const entries = [...first.entries, ...more.flatMap((part) => part.entries)];
  if (entries.length === 0) return <p role="status">{words.nothing}</p>;
  return (
    <>
      {reading.failure && <p role="alert">{reading.failure}</p>}
      <ol class="rows card-rows">
        {entries.map((entry) => (
          <li key={entry.id}>
            <div class="row-text">
              <p>
                {words.actions[entry.action] ?? texts.actions[entry.action] ?? entry.action}
                {entry.reference && ` · ${entry.reference}`}
              </p>
              <p class="quiet">
                <bdi>{entry.by ?? texts.actors[entry.actor] ?? entry.actor}</bdi>
                {` · ${moment(entry.at)}`}
                {entry.address && ` · ${entry.address}`}
              </p>
              <Details details={entry.details} names={names} />
            </div>
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
