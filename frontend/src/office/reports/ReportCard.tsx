import type { ComponentChildren } from "preact";
import { useId, useState } from "react";
import { useLoaded } from "../components/useLoaded";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";
import type { DayRange } from "./days";
import * as words from "./texts";
import type { Report } from "./wire";

const pathOf = (name: string, { from, to }: DayRange) => `/reports/${name}?from=${from}&to=${to}`;

export const useReport = (name: string, range: DayRange) => useLoaded<Report>(pathOf(name, range));

interface CardProps {
  name: string;
  title: string;
  hint?: string;
  range: DayRange;
  loaded: { answer: Report | null; failure: string };
  /**
   * Draws the report as a picture. Then the table is for screen readers, and shown to others on
   * request.
   */
  picture?: (report: Report) => ComponentChildren;
  children(report: Report): ComponentChildren;
}

/** One report: its picture, its table, and a way to save it. */
export function ReportCard({ name, title, hint, range, loaded, picture, children }: CardProps) {
  const id = useId();
  const { addressOfFile } = useOfficeApi();
  const [isTable, setTable] = useState(false);
  const { answer, failure } = loaded;
  const isOld = answer !== null && (answer.from !== range.from || answer.to !== range.to);
  return (
    <section class="card report" aria-labelledby={id} aria-busy={isOld || answer === null}>
      <div class="page-head">
        <h2 id={id}>{title}</h2>
        <div class="report-ways">
          {picture && (
            <button
              type="button"
              class="quiet-button"
              aria-pressed={isTable}
              aria-label={words.showTable(title)}
              onClick={() => setTable(!isTable)}
            >
              {words.asTable}
            </button>
          )}
          <a
            class="quiet-button"
            download
            href={addressOfFile(pathOf(`${name}.csv`, range))}
            aria-label={words.saveAs(title)}
          >
            {words.csv}
          </a>
        </div>
      </div>
      {failure && <p role="alert">{failure}</p>}
      {answer === null && !failure && <p role="status">{texts.loading}</p>}
      {answer && (
        <div class="report-body" data-old={isOld}>
          {picture && !isTable && picture(answer)}
          {picture && !isTable ? (
            <div class="visually-hidden">{children(answer)}</div>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard.
            // biome-ignore lint/a11y/useSemanticElements: it is a group of no form.
            <div class="report-table" role="group" aria-label={title} tabIndex={0}>
              {children(answer)}
            </div>
          )}
        </div>
      )}
      {hint && <p class="hint">{hint}</p>}
    </section>
  );
}
