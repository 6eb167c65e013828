import * as answers from "../bookings/answerTexts";
import type { Conflict } from "./conflicts";
import type { Block } from "./layout";
import type { Schedule } from "./schedule";
import * as texts from "./texts";
import { TimeWriter } from "./time";
import type { Closure, Column, Entry, Service } from "./wire";

/** Writes the things of the calendar in words. */
export class Words {
  readonly times: TimeWriter;
  /** Returns the time by the server's clock. */
  readonly now: () => number;
  readonly #schedule: Schedule;

  constructor(schedule: Schedule, language: string, now: () => number) {
    this.#schedule = schedule;
    this.now = now;
    this.times = new TimeWriter(language);
  }

  /** The zone of the business. */
  get zone(): string {
    return this.#schedule.calendar.time_zone;
  }

  service(id: number | null): Service | undefined {
    return this.#schedule.calendar.services.find((service) => service.id === id);
  }

  serviceName(id: number | null): string {
    return this.service(id)?.name ?? texts.noService;
  }

  resourceName(id: number): string {
    return this.#schedule.calendar.resources.find((resource) => resource.id === id)?.name ?? "";
  }

  capacityOf = (id: number | null): number => this.service(id)?.capacity ?? 1;

  /** Returns the title of an entry: the name of its customer, or what a visitor is doing. */
  title(entry: Entry, zone: string): string {
    if (entry.kind === "hold") return texts.choosing(this.times.time(entry.starts_at, zone));
    if (entry.kind === "checkout") return texts.checkingOut;
    return entry.customer?.name ?? "";
  }

  blockTitle({ entries, isClass }: Block, zone: string): string {
    const [first] = entries;
    if (!isClass) return this.title(first, zone);
    return this.serviceName(first.service_id);
  }

  /** Returns the text below the title of a block. */
  blockDetail({ entries, isClass }: Block): string {
    const [first] = entries;
    if (isClass) {
      const seats = entries.filter((entry) => entry.status !== "no_show").length;
      return texts.inClass(seats, this.capacityOf(first.service_id));
    }
    return first.service_id === null ? "" : this.serviceName(first.service_id);
  }

  status({ status }: Entry): string {
    if (status === "completed") return texts.completed;
    if (status === "requested") return answers.toApprove;
    return status === "no_show" ? texts.noShow : "";
  }

  span(from: string | number, until: string | number, zone: string): string {
    return this.times.span(from, until, zone);
  }

  /** Returns the time of a closure, which may take several days. */
  closureSpan(closure: Closure, zone: string): string {
    return this.times.longSpan(closure.starts_at, closure.ends_at, zone);
  }

  /** "Mia, 10:00 – 11:00" */
  place(column: Column, from: string | number, until: string | number): string {
    return `${column.name}, ${this.span(from, until, column.time_zone)}`;
  }

  conflict({ kind, entry, busy }: Conflict, zone: string): string {
    if (busy) {
      const when = this.times.longSpan(busy.starts_at, busy.ends_at, zone);
      return texts.conflict.elsewhere(texts.busyWith(busy.title), when);
    }
    const name = entry ? this.title(entry, zone) : "";
    const time = entry ? this.span(entry.starts_at, entry.ends_at, zone) : "";
    return texts.conflict[kind](name, time);
  }
}
