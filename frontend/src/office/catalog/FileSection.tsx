import { useRef, useState } from "react";
import { Problem } from "../../api/problem";
import { BASE } from "../../core/base";
import { Dialog } from "../components/Dialog";
import { useAction } from "../components/useAction";
import { useOfficeApi } from "../shell/office";
import { ConcernedList } from "./Concerned";
import * as texts from "./texts";
import type { Catalog, Outcome } from "./wire";

interface Tried {
  toml: string;
  outcome: Outcome;
}

/** The greatest size in bytes that the server takes. */
const MAX_LENGTH = 1_000_000;

/**
 * Decodes UTF-8, or returns null if the bytes are no UTF-8. Otherwise customers would see “�” in
 * place of letters.
 */
function decode(bytes: ArrayBuffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Saves the catalog as a file, and takes one over after it has shown the changes. */
export function FileSection({ catalog, onTaken }: { catalog: Catalog; onTaken(): void }) {
  const api = useOfficeApi();
  const input = useRef<HTMLInputElement>(null);
  const [tried, setTried] = useState<Tried | null>(null);
  const [faults, setFaults] = useState<string[]>([]);
  const [isTaken, setTaken] = useState(false);
  const send = (toml: string, query: string, agreed: string[]) =>
    api.change<Outcome>("PUT", `/catalog.toml${query}`, {
      toml,
      version: catalog.version,
      agreed,
    });
  const trying = useAction(async (file: File) => {
    setFaults([]);
    setTaken(false);
    const toml = decode(await file.arrayBuffer());
    if (toml === null || toml.length > MAX_LENGTH) {
      setFaults([toml === null ? texts.fileNotUtf8 : texts.fileTooLarge]);
      return;
    }
    try {
      setTried({ toml, outcome: await send(toml, "?dry_run=true", []) });
    } catch (error) {
      if (!(error instanceof Problem) || error.errors.length === 0) {
        if (error instanceof Problem && error.code === "changed_meanwhile") onTaken();
        throw error;
      }
      setFaults(error.errors.map(({ code, detail }) => detail ?? code));
    }
  });
  const taking = useAction(async ({ toml, outcome }: Tried) => {
    const agreed = outcome.concerned.map(({ reference }) => reference);
    await send(toml, "", agreed);
    setTried(null);
    setTaken(true);
    onTaken();
  });
  const choose = () => {
    const file = input.current?.files?.[0];
    if (file) trying.run(file);
    if (input.current) input.current.value = "";
  };
  return (
    <section class="section">
      <h2>{texts.file}</h2>
      <p class="hint">{texts.fileHint}</p>
      <div class="buttons">
        <a class="secondary" href={`${BASE}/api/v1/admin/catalog.toml`} download="catalog.toml">
          {texts.download}
        </a>
        <button type="button" class="secondary" onClick={() => input.current?.click()}>
          {texts.upload}
        </button>
        <input
          ref={input}
          hidden
          type="file"
          accept=".toml"
          aria-label={texts.chooseFile}
          onChange={choose}
        />
      </div>
      <p role="status">{isTaken && texts.fileTaken}</p>
      {trying.failure && <p role="alert">{trying.failure}</p>}
      {faults.length > 0 && (
        <div role="alert" class="news">
          <p>{texts.fileFaults}</p>
          <ul>
            {faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        </div>
      )}
      {tried && (
        <TriedDialog
          outcome={tried.outcome}
          failure={taking.failure}
          onAgree={() => taking.run(tried)}
          onClose={() => setTried(null)}
        />
      )}
    </section>
  );
}

interface TriedDialogProps {
  outcome: Outcome;
  failure: string;
  onAgree(): void;
  onClose(): void;
}

function TriedDialog({ outcome, failure, onAgree, onClose }: TriedDialogProps) {
  const { changes, kept, warnings, concerned } = outcome;
  return (
    <Dialog title={texts.file} onClose={onClose}>
      <Lines title={changes.length > 0 ? texts.fileChanges : texts.fileSame} lines={changes} />
      {kept.length > 0 && <Lines title={texts.fileKept} lines={kept} />}
      {warnings.length > 0 && <Lines title={texts.warnings} lines={warnings} />}
      {concerned.length > 0 && (
        <>
          <p>
            <strong>{texts.concernedTitle(concerned.length)}</strong>
          </p>
          <ConcernedList concerned={concerned} />
          <p>{texts.concernedStay}</p>
        </>
      )}
      {failure && <p role="alert">{failure}</p>}
      <div class="buttons">
        {changes.length > 0 && (
          <button type="button" class="primary" onClick={onAgree}>
            {texts.takeOver}
          </button>
        )}
        <button type="button" class="secondary" onClick={onClose}>
          {texts.goBack}
        </button>
      </div>
    </Dialog>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <div>
      <p>{title}</p>
      <ul class="lines">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
