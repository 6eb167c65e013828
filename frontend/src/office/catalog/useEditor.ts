import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import { forgetForm, type Kept, keepForm, keptForm } from "./keptForm";
import { isSame, merge } from "./merge";
import type { Catalog, Concern, Outcome, Part } from "./wire";

/** Which part of the catalog a form edits, and how it is read and sent. */
export interface Edited<Form, Table> {
  /** The path below /catalog: `/services/3`, or `/services` for a new one. */
  path: string;
  /** The server's name of the table, if it isn't `table`. */
  sentAs?: "categories";
  /** The name under which the form is kept, if two pages edit the same part. */
  keptAs?: string;
  /** The first values of a new part, which isn't in the catalog yet. */
  fresh?: Form;
  find(catalog: Catalog): Part<Table> | undefined;
  read(table: Table): Form;
  write(form: Form): unknown;
}

/** What has to be confirmed before the form is saved, though nothing is wrong with it. */
export type Question = { kind: "concerned"; concerned: Concern[] } | null;

/** What happened to the form without the user. */
export type News =
  | { kind: "restored" }
  | { kind: "merged"; contested: string[] }
  | { kind: "gone" }
  | null;

/**
 * Edits one part of the catalog in a form. What was typed is kept when the page is left. What
 * somebody else has saved meanwhile is merged into it. Bookings that a change affects are shown
 * before it is saved.
 */
export function useEditor<Form extends object, Table>(
  edited: Edited<Form, Table>,
  catalog: Catalog,
  onSaved: (outcome: Outcome) => void,
) {
  const api = useOfficeApi();
  const [{ kept, restored }, setState] = useState(() => begin(edited, catalog));
  const [news, setNews] = useState<News>(restored ? { kind: "restored" } : null);
  const [question, setQuestion] = useState<Question>(null);
  const name = edited.keptAs ?? edited.path;
  const isDirty = !isSame(kept.base, kept.form);
  const set = (next: Kept<Form>) => {
    if (isSame(next.base, next.form)) forgetForm(name);
    else keepForm(name, next);
    setState({ kept: next, restored: false });
  };
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isDirty]);

  const send = (query: string, agreed: string[]) => {
    const table = edited.write(kept.form);
    return edited.fresh
      ? api.change<Outcome>("POST", `/catalog${edited.path}${query}`, { table })
      : api.change<Outcome>("PUT", `/catalog${edited.path}${query}`, {
          [edited.sentAs ?? "table"]: table,
          version: kept.version,
          agreed,
        });
  };
  const save = async (agreed: string[]) => {
    try {
      const outcome = await send("", agreed);
      forgetForm(name);
      if (!edited.fresh) await beginAnew();
      onSaved(outcome);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === "changed_meanwhile" || error.code === "not_found") await takeTheirs();
      else if (error.code === "bookings_concerned") {
        setQuestion({ kind: "concerned", concerned: (await send("?dry_run=true", [])).concerned });
      } else throw error;
    }
  };
  const beginAnew = async () => {
    const part = edited.find(await api.get<Catalog>("/catalog"));
    if (!part) return;
    const base = edited.read(part.table);
    set({ base, form: base, version: part.version });
  };
  const takeTheirs = async () => {
    const part = edited.find(await api.get<Catalog>("/catalog"));
    if (!part) return setNews({ kind: "gone" });
    const theirs = edited.read(part.table);
    const { form, contested } = merge(kept.base, kept.form, theirs);
    set({ base: theirs, form, version: part.version });
    setNews({ kind: "merged", contested });
  };
  const sending = useSubmit(async () => {
    setNews(null);
    await save([]);
  });
  const agreeing = useSubmit(async () => {
    const concerned = question?.concerned ?? [];
    setQuestion(null);
    await save(concerned.map(({ reference }) => reference));
  });
  return {
    form: kept.form,
    change: (part: Partial<Form>) => set({ ...kept, form: { ...kept.form, ...part } }),
    isDirty,
    news,
    question,
    agree: () => agreeing.submit(),
    disagree: () => setQuestion(null),
    giveUp: () => {
      setNews(null);
      set({ ...kept, form: kept.base });
    },
    sending,
    isSending: sending.isSending || agreeing.isSending,
    faults: { ...agreeing.refusal.fields, ...sending.refusal.fields },
    failure: sending.refusal.message || agreeing.refusal.message,
  };
}

export type Editor<Form extends object> = Omit<
  ReturnType<typeof useEditor<Form, unknown>>,
  "form" | "change"
> & { form: Form; change(part: Partial<Form>): void };

/** Begins a form: with what was kept of it, or else with the catalog. */
function begin<Form extends object, Table>(edited: Edited<Form, Table>, catalog: Catalog) {
  const part = edited.find(catalog);
  const base = part ? edited.read(part.table) : edited.fresh;
  const kept = keptForm<Form>(edited.keptAs ?? edited.path);
  if (kept) {
    // The form may have been begun in an earlier version of the page, which didn't know all fields.
    const whole = { base: { ...base, ...kept.base }, form: { ...base, ...kept.form } };
    return { kept: { ...kept, ...whole }, restored: true };
  }
  if (!base) throw new Error(`There is nothing at ${edited.path}.`);
  return { kept: { base, form: base, version: part?.version ?? "" }, restored: false };
}
