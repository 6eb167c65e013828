import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import { forgetForm, type Kept, keepForm, keptForm } from "./keptForm";
import { isSame, merge } from "./merge";
import type { Catalog, Concern, Outcome, Part } from "./wire";

/** What is edited, and how it is sent. */
export interface Edited<Form, Table> {
  /** Below /catalog: `/services/3`; a new one is `/services`. */
  path: string;
  /** What the server calls the table, if not that. */
  sentAs?: "categories";
  /** Under which name the form is kept, where two pages edit one part. */
  keptAs?: string;
  /** What a new one begins with; it has no part in the catalog yet. */
  fresh?: Form;
  find(catalog: Catalog): Part<Table> | undefined;
  read(table: Table): Form;
  write(form: Form): unknown;
}

/** Why the form isn't saved yet, though nothing is wrong with it. */
export type Question = { kind: "concerned"; concerned: Concern[] } | null;

/** What happened to the form by itself. */
export type News =
  | { kind: "restored" }
  | { kind: "merged"; contested: string[] }
  | { kind: "gone" }
  | null;

/**
 * A form over one part of the catalog. What was typed outlives the page; what somebody else saved
 * meanwhile comes into it; bookings that are concerned are shown before anything is saved.
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

/** A form that was kept goes on, over what it was begun with. */
function begin<Form extends object, Table>(edited: Edited<Form, Table>, catalog: Catalog) {
  const part = edited.find(catalog);
  const base = part ? edited.read(part.table) : edited.fresh;
  const kept = keptForm<Form>(edited.keptAs ?? edited.path);
  if (kept) {
    // It may have been begun on a page that didn't know all of the fields.
    const whole = { base: { ...base, ...kept.base }, form: { ...base, ...kept.form } };
    return { kept: { ...kept, ...whole }, restored: true };
  }
  if (!base) throw new Error(`There is nothing at ${edited.path}.`);
  return { kept: { base, form: base, version: part?.version ?? "" }, restored: false };
}
