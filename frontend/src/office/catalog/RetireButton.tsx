import { useState } from "react";
import { Problem } from "../../api/problem";
import { Dialog } from "../components/Dialog";
import { useAction } from "../components/useAction";
import { useOfficeApi } from "../shell/office";
import { ConcernedList } from "./Concerned";
import * as texts from "./texts";
import type { Concern, Outcome } from "./wire";

interface RetireButtonProps {
  /** The path below /catalog, like `/services/3`. */
  path: string;
  version: string;
  name: string;
  hint: string;
  onRetired(): void;
}

/**
 * The button that retires a service or resource, after it has shown the bookings that are affected.
 */
export function RetireButton({ path, version, name, hint, onRetired }: RetireButtonProps) {
  const api = useOfficeApi();
  const [concerned, setConcerned] = useState<Concern[] | null>(null);
  const retire = (query: string, agreed: string[]) =>
    api.change<Outcome>("POST", `/catalog${path}/retire${query}`, { version, agreed });
  const asking = useAction(async () => {
    setConcerned((await retire("?dry_run=true", [])).concerned);
  });
  const retiring = useAction(async () => {
    try {
      await retire(
        "",
        (concerned ?? []).map(({ reference }) => reference),
      );
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "bookings_concerned") throw error;
      setConcerned((await retire("?dry_run=true", [])).concerned);
      return;
    }
    setConcerned(null);
    onRetired();
  });
  return (
    <div class="section">
      <p class="hint">{hint}</p>
      <div class="buttons">
        <button
          type="button"
          class="secondary danger"
          disabled={asking.isRunning}
          onClick={() => asking.run()}
        >
          {texts.retire}
        </button>
      </div>
      {asking.failure && <p role="alert">{asking.failure}</p>}
      {concerned && (
        <Dialog title={texts.retireTitle(name)} onClose={() => setConcerned(null)}>
          <p>{hint}</p>
          {concerned.length > 0 && (
            <>
              <p>
                <strong>{texts.concernedTitle(concerned.length)}</strong>
              </p>
              <ConcernedList concerned={concerned} />
              <p>{texts.concernedStay}</p>
            </>
          )}
          {retiring.failure && <p role="alert">{retiring.failure}</p>}
          <div class="buttons">
            <button
              type="button"
              class="primary"
              disabled={retiring.isRunning}
              onClick={() => retiring.run()}
            >
              {texts.retire}
            </button>
            <button type="button" class="secondary" onClick={() => setConcerned(null)}>
              {texts.goBack}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
