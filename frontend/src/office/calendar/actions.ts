import { Problem } from "../../api/problem";
import type { ClosureOut } from "../api/types";
import * as answers from "../bookings/answerTexts";
import { type CalendarApi, type Ending, type NewClosure, rulesOf } from "./calendarApi";
import type { Change, Schedule } from "./schedule";
import * as texts from "./texts";
import { MINUTE } from "./time";
import type { Closure, Column, Entry, Rule } from "./wire";
import type { Words } from "./words";

/**
 * The rules that are broken without a question: the user books for the business, and these rules
 * are only for visitors.
 */
const FOR_VISITORS: readonly Rule[] = ["notice", "window"];
/** The rules that an undo breaks without a question, because it restores what was there before. */
const TO_UNDO: readonly Rule[] = ["hours", "past", "resource", ...FOR_VISITORS];

export interface Surroundings {
  /** Asks whether to break these rules. */
  ask(rules: readonly Rule[]): Promise<boolean>;
  /** Shows a message about what has happened, with an undo if there is one. */
  tell(text: string, undo?: () => Promise<void>): void;
}

/** Thrown when the user decides not to break a rule. */
export class Declined extends Error {}

/**
 * Makes a change that may break rules. If it does, the user is told which ones, and it is made only
 * if they agree. Throws Declined if they don't.
 */
export async function insist<Answer>(
  ask: Surroundings["ask"],
  attempt: (override: readonly Rule[]) => Promise<Answer>,
  named: readonly Rule[] = FOR_VISITORS,
): Promise<Answer> {
  let override = [...named];
  for (;;) {
    try {
      return await attempt(override);
    } catch (error) {
      const rules = rulesOf(error).filter((rule) => !override.includes(rule));
      if (!rules.length) throw error;
      if (!(await ask(rules))) throw new Declined();
      override = [...override, ...rules];
    }
  }
}

/** Returns in words what went wrong, or null if the user knows it. */
export function problemOf(error: unknown): string | null {
  if (error instanceof Declined) return null;
  if (error instanceof Problem) return texts.problems[error.code] ?? texts.unexpected;
  throw error;
}

/**
 * The changes that a user makes in the calendar. Each is shown immediately. If it is refused, the
 * reason is shown, and if it succeeds, it can be undone.
 */
export class Actions {
  readonly #api: CalendarApi;
  readonly #schedule: Schedule;
  readonly #words: Words;
  readonly #around: Surroundings;
  /** The ids of bookings that this page has made or reopened. */
  readonly #own = new Set<string>();
  /** The latest move of each booking: a second move of it begins after the first has ended. */
  readonly #moves = new Map<string, Promise<void>>();

  constructor(api: CalendarApi, schedule: Schedule, words: Words, around: Surroundings) {
    this.#api = api;
    this.#schedule = schedule;
    this.#words = words;
    this.#around = around;
  }

  async move(entry: Entry, change: Change): Promise<void> {
    const before = this.#moves.get(entry.id) ?? Promise.resolve();
    const move = before.then(() => this.#moveNow(this.#schedule.find(entry.id) ?? entry, change));
    this.#moves.set(entry.id, move);
    await move;
    if (this.#moves.get(entry.id) === move) this.#moves.delete(entry.id);
  }

  async #moveNow(entry: Entry, change: Change): Promise<void> {
    await this.#saying(async () => {
      const moved = await this.#move(entry, change, FOR_VISITORS);
      const undo = () => this.#undoing(() => this.#move(moved, entry, TO_UNDO));
      const place = this.#placeOf(change);
      this.#around.tell(place ? texts.moved(place) : texts.changed, undo);
    });
  }

  async end(entry: Entry, how: Ending): Promise<void> {
    const reference = entry.reference ?? "";
    this.noteOwn(entry.id);
    const end = () => this.#api.end(reference, how);
    const name = entry.customer?.name ?? texts.checkingOut;
    await this.#saying(async () => {
      if (how === "cancel") await this.#schedule.change(entry.id, { ...entry, isGone: true }, end);
      else await end();
      const undo =
        entry.kind === "booking"
          ? () =>
              this.#undoing(() =>
                insist(this.#around.ask, (override) => this.#api.reopen(reference, override), []),
              )
          : undefined;
      const said = { cancel: texts.cancelled, complete: texts.ended.completed };
      const text = how === "no-show" ? texts.ended.no_show(name) : said[how](name);
      this.#around.tell(text, undo);
    });
  }

  /**
   * Tells whether this page has made or reopened the booking. Then the booking isn't shown as news.
   */
  isOwn(id: string): boolean {
    return this.#own.has(id);
  }

  noteOwn(id: string): void {
    this.#own.add(id);
  }

  async approve(entry: Entry): Promise<void> {
    await this.#saying(async () => {
      await this.#api.approve(entry);
      this.#around.tell(answers.approved(entry.customer?.name ?? ""));
    });
  }

  async reopen(entry: Entry): Promise<void> {
    await this.#saying(async () => {
      const reference = entry.reference ?? "";
      this.noteOwn(entry.id);
      await insist(this.#around.ask, (override) => this.#api.reopen(reference, override), []);
      this.#around.tell(texts.reopened);
    });
  }

  /** Closes a time. Throws what the API answers if it refuses, because the form shows it. */
  async block(wanted: NewClosure): Promise<void> {
    const { id } = await this.#close(wanted);
    this.#around.tell(texts.blocked, () => this.#undoing(() => this.#api.openAgain(id)));
  }

  async openAgain(closure: Closure, column: Column): Promise<void> {
    await this.#saying(async () => {
      await this.#api.openAgain(closure.id);
      this.#around.tell(texts.openedAgain, this.#closingAgain(closure, column));
    });
  }

  /**
   * Returns the undo after a time was opened again, or undefined if there is none. If somebody has
   * booked the time since, the undo names the bookings.
   */
  #closingAgain(closure: Closure, column: Column): (() => Promise<void>) | undefined {
    const { starts_at, ends_at, reason, is_of_business } = closure;
    // A closure of the whole business uses the clock of the business, but these times are on the
    // column's.
    if (is_of_business && column.time_zone !== this.#schedule.calendar.time_zone) return undefined;
    const resource_id = is_of_business ? null : column.resource_id;
    return () => this.#undoing(() => this.#close({ resource_id, starts_at, ends_at, reason }));
  }

  #close(wanted: NewClosure): Promise<ClosureOut> {
    return insist(this.#around.ask, (override) => this.#api.close(wanted, override), []);
  }

  #move(entry: Entry, change: Change, named: readonly Rule[]): Promise<Entry> {
    const { resource_id, starts_at, ends_at } = change;
    const minutes = (Date.parse(ends_at) - Date.parse(starts_at)) / MINUTE;
    const before = (Date.parse(entry.ends_at) - Date.parse(entry.starts_at)) / MINUTE;
    const wanted = {
      starts_at,
      resource_id,
      ...(minutes === before ? {} : { duration: minutes }),
      seen: {
        resource_id: entry.resource_id,
        starts_at: entry.starts_at,
        ends_at: entry.ends_at,
      },
    };
    return this.#schedule.change(entry.id, { resource_id, starts_at, ends_at }, () =>
      insist(
        this.#around.ask,
        (override) => this.#api.change(entry.reference ?? "", wanted, override),
        named,
      ),
    );
  }

  async #undoing(undo: () => Promise<unknown>): Promise<void> {
    await this.#saying(async () => {
      await undo();
      this.#around.tell(texts.undone);
    });
  }

  async #saying(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const problem = problemOf(error);
      this.#around.tell(problem ?? texts.backWhereItWas);
    }
  }

  #placeOf(change: Change): string {
    const column = this.#schedule.columns.find(
      (each) =>
        each.resource_id === change.resource_id &&
        Date.parse(each.starts_at) <= Date.parse(change.starts_at) &&
        Date.parse(change.starts_at) < Date.parse(each.ends_at),
    );
    return column ? this.#words.place(column, change.starts_at, change.ends_at) : "";
  }
}
