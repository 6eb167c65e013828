import { useId, useState } from "react";
import { Dialog } from "../components/Dialog";
import { useAction } from "../components/useAction";
import { useOfficeApi } from "../shell/office";
import * as texts from "./texts";
import type { ImportReport } from "./wire";

/** How many lines of the file are shown at most. The others are counted. */
const MAX_SHOWN_LINES = 200;

/** The dialog that imports customers from a file, after it has shown what happens to each line. */
export function ImportDialog({ onClose }: { onClose(isChanged: boolean): void }) {
  const api = useOfficeApi();
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const sending = useAction(async (path: string) => {
    if (file) setReport(await api.change<ImportReport>("POST", path, file));
  });
  const fresh = report?.lines.filter(({ verdict }) => verdict === "new").length ?? 0;
  const isDone = report?.is_done ?? false;
  return (
    <Dialog title={texts.bringIn} onClose={() => onClose(isDone)}>
      <p class="hint" id={`${id}-hint`}>
        {texts.listHint}
      </p>
      {!isDone && (
        <div class="field">
          <label for={id}>{texts.chooseFile}</label>
          <input
            id={id}
            type="file"
            accept=".csv,.txt,text/csv"
            aria-describedby={`${id}-hint`}
            onChange={(event) => {
              setFile(event.currentTarget.files?.[0] ?? null);
              setReport(null);
            }}
          />
        </div>
      )}
      {sending.failure && <p role="alert">{sending.failure}</p>}
      <div role="status">
        {report && <p>{isDone ? texts.broughtIn(fresh) : fresh === 0 && texts.nothingNew}</p>}
      </div>
      {report && !isDone && <Lines report={report} />}
      <div class="buttons">
        {report === null && (
          <button
            type="button"
            class="primary"
            disabled={!file || sending.isRunning}
            onClick={() => sending.run("/customers/import/check")}
          >
            {texts.checkFile}
          </button>
        )}
        {report && !isDone && fresh > 0 && (
          <button
            type="button"
            class="primary"
            disabled={sending.isRunning}
            onClick={() => sending.run("/customers/import")}
          >
            {texts.bringInNow(fresh)}
          </button>
        )}
        <button type="button" class="secondary" onClick={() => onClose(isDone)}>
          {isDone ? texts.done : texts.leave}
        </button>
      </div>
    </Dialog>
  );
}

function Lines({ report }: { report: ImportReport }) {
  const shown = report.lines.slice(0, MAX_SHOWN_LINES);
  return (
    <div class="import-lines">
      <p class="quiet">{texts.readAs(report.encoding, report.separator)}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard. */}
      <section class="scrolls" tabIndex={0} aria-label={texts.what}>
        <table>
          <thead>
            <tr>
              <th scope="col">{texts.line}</th>
              <th scope="col">{texts.name}</th>
              <th scope="col">{texts.what}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((line) => (
              <tr key={line.number} data-verdict={line.verdict}>
                <td>{line.number}</td>
                <td>
                  <bdi>{line.name}</bdi>
                  <span class="quiet">
                    <bdi>{[line.email, line.phone].filter(Boolean).join(" · ")}</bdi>
                  </span>
                </td>
                <td>{texts.verdicts[line.verdict]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {report.lines.length > shown.length && (
        <p class="quiet">{texts.andMore(report.lines.length - shown.length)}</p>
      )}
    </div>
  );
}
