import { useState } from "react";
import { useAction } from "../components/useAction";
import { useOfficeApi } from "../shell/office";
import { CatalogView, Heading } from "./CatalogView";
import { ClosureDialog } from "./ClosureDialog";
import { sendClosures } from "./sendClosures";
import * as texts from "./texts";
import type { Catalog, ClosureTable } from "./wire";

/** The page about closures: times when nothing can be booked, like holidays and days off. */
export function ClosuresPage() {
  return (
    <CatalogView title={texts.closures}>
      {({ catalog, reload }) => <ClosureList catalog={catalog} onChanged={reload} />}
    </CatalogView>
  );
}

type Open = { closure: ClosureTable | null } | null;

function ClosureList({ catalog, onChanged }: { catalog: Catalog; onChanged(): void }) {
  const [open, setOpen] = useState<Open>(null);
  const [isPastShown, setPastShown] = useState(false);
  const [isSaved, setSaved] = useState(false);
  const sorted = [...catalog.closures.table].sort((one, other) => (one.from < other.from ? -1 : 1));
  const today = new Intl.DateTimeFormat("en-CA").format(new Date());
  const isPast = (closure: ClosureTable) => closure.to.slice(0, today.length) < today;
  const past = sorted.filter(isPast);
  const shown = isPastShown ? sorted : sorted.filter((each) => !isPast(each));
  const leave = () => {
    setOpen(null);
    setSaved(true);
    onChanged();
  };
  return (
    <>
      <div class="page-head">
        <Heading>{texts.closures}</Heading>
        <button type="button" class="primary" onClick={() => setOpen({ closure: null })}>
          {texts.addClosure}
        </button>
      </div>
      <p class="hint">{texts.closuresHint}</p>
      <p role="status">{isSaved && texts.saved}</p>
      {shown.length === 0 && <p>{texts.noClosures}</p>}
      {shown.length > 0 && (
        <ul class="rows card-rows">
          {shown.map((closure) => (
            <ClosureRow
              key={JSON.stringify(closure)}
              closure={closure}
              catalog={catalog}
              onEdit={() => setOpen({ closure })}
              onRemoved={leave}
            />
          ))}
        </ul>
      )}
      {past.length > 0 && !isPastShown && (
        <div class="buttons">
          <button type="button" class="quiet-button" onClick={() => setPastShown(true)}>
            {texts.past(past.length)}
          </button>
        </div>
      )}
      {open && (
        <ClosureDialog
          closure={open.closure}
          catalog={catalog}
          onClose={() => setOpen(null)}
          onSaved={leave}
        />
      )}
    </>
  );
}

interface ClosureRowProps {
  closure: ClosureTable;
  catalog: Catalog;
  onEdit(): void;
  onRemoved(): void;
}

function ClosureRow({ closure, catalog, onEdit, onRemoved }: ClosureRowProps) {
  const api = useOfficeApi();
  const removing = useAction(async () => {
    await sendClosures(api, closure, null, []);
    onRemoved();
  });
  const when = describe(closure);
  const who =
    closure.resource === null
      ? texts.wholeBusiness
      : catalog.resources.find(({ table }) => table.id === closure.resource)?.table.name;
  return (
    <li data-testid="closure">
      <p class="row-text">
        <span>{when}</span>
        <span class="quiet">
          <bdi>{who}</bdi>
          {closure.reason && (
            <>
              {" · "}
              <bdi>{closure.reason}</bdi>
            </>
          )}
        </span>
        {removing.failure && (
          <span class="field-error" role="alert">
            {removing.failure}
          </span>
        )}
      </p>
      <div class="row-buttons">
        <button
          type="button"
          class="quiet-button"
          aria-label={texts.changeOne(when)}
          onClick={onEdit}
        >
          {texts.change}
        </button>
        <button
          type="button"
          class="quiet-button danger"
          disabled={removing.isRunning}
          aria-label={texts.removeClosureOf(when)}
          onClick={() => removing.run()}
        >
          {texts.removeClosure}
        </button>
      </div>
    </li>
  );
}

const DAYS = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeZone: "UTC",
});
const MOMENTS = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** Writes the days or times of a closure. Its local times are shown unchanged, without a zone. */
function describe({ from, to }: ClosureTable): string {
  const isWholeDays = !from.includes("T");
  const [first, last] = [from, to].map((edge) => new Date(isWholeDays ? edge : `${edge}Z`));
  if (!first || !last) return from;
  return (isWholeDays ? DAYS : MOMENTS).formatRange(first, last);
}
