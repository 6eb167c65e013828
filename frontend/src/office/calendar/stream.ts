import type { Calendar, Column, Entry } from "./wire";

export type Connection = "connecting" | "live" | "offline" | "signed_out";

export interface StreamHooks {
  onCalendar(calendar: Calendar): void;
  onColumn(column: Column): void;
  /** Gets new bookings of any day. */
  onNews(bookings: Entry[]): void;
  onConnection(connection: Connection): void;
  /** Asks whether somebody is still signed in, after the stream was refused. */
  isSignedIn(): Promise<boolean>;
}

/**
 * Milliseconds without an event after which the stream counts as lost: more than two heartbeats.
 */
const SILENCE = 35_000;
const FIRST_PAUSE = 500;
const MAX_PAUSE = 8_000;
/** Milliseconds before a lost connection is shown, because it is mostly back immediately. */
const GRACE = 1_500;

/** Follows the stream of the calendar, and opens it again whenever it is lost. */
export class CalendarStream {
  readonly #url: string;
  readonly #hooks: StreamHooks;
  #source: EventSource | null = null;
  #pause = FIRST_PAUSE;
  #timer = 0;
  #watchdog = 0;
  #grace = 0;
  #isOver = false;

  constructor(url: string, hooks: StreamHooks) {
    this.#url = url;
    this.#hooks = hooks;
  }

  start(): void {
    window.addEventListener("online", this.#comeBack);
    window.addEventListener("offline", this.#lose);
    document.addEventListener("visibilitychange", this.#comeBack);
    this.#open();
  }

  stop(): void {
    this.#isOver = true;
    window.removeEventListener("online", this.#comeBack);
    window.removeEventListener("offline", this.#lose);
    document.removeEventListener("visibilitychange", this.#comeBack);
    clearTimeout(this.#grace);
    this.#close();
  }

  #open(): void {
    this.#close();
    const source = new EventSource(this.#url);
    this.#source = source;
    this.#listen();
    source.addEventListener("calendar", (event) => {
      this.#pause = FIRST_PAUSE;
      clearTimeout(this.#grace);
      this.#grace = 0;
      this.#hooks.onCalendar(JSON.parse(event.data));
      this.#hooks.onConnection("live");
      this.#listen();
    });
    source.addEventListener("column", (event) => {
      this.#hooks.onColumn(JSON.parse(event.data));
      this.#listen();
    });
    source.addEventListener("news", (event) => {
      this.#hooks.onNews(JSON.parse(event.data).bookings);
      this.#listen();
    });
    source.addEventListener("heartbeat", () => this.#listen());
    source.addEventListener("goodbye", (event) => {
      this.#close();
      this.#timer = window.setTimeout(() => this.#open(), JSON.parse(event.data).retry_ms);
    });
    source.addEventListener("signed_out", () => {
      this.stop();
      this.#hooks.onConnection("signed_out");
    });
    source.onerror = this.#lose;
  }

  #listen(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = window.setTimeout(this.#lose, SILENCE);
  }

  #close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#source?.close();
    this.#source = null;
  }

  readonly #lose = (): void => {
    if (this.#isOver) return;
    this.#close();
    if (!navigator.onLine) this.#sayOffline();
    else if (!this.#grace) this.#grace = window.setTimeout(this.#sayOffline, GRACE);
    this.#timer = window.setTimeout(() => void this.#tryAgain(), this.#pause);
    this.#pause = Math.min(MAX_PAUSE, this.#pause * 2);
  };

  async #tryAgain(): Promise<void> {
    const isSignedIn = await this.#hooks.isSignedIn().catch(() => true);
    if (this.#isOver) return;
    if (isSignedIn) return this.#open();
    this.stop();
    this.#hooks.onConnection("signed_out");
  }

  readonly #comeBack = (): void => {
    if (this.#isOver || this.#source || document.hidden) return;
    this.#pause = FIRST_PAUSE;
    clearTimeout(this.#timer);
    void this.#tryAgain();
  };

  readonly #sayOffline = (): void => this.#hooks.onConnection("offline");
}
