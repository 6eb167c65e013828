import { type RefObject, render } from "preact";
import { useCallback, useLayoutEffect, useMemo, useReducer, useRef, useState } from "react";
import * as answers from "../bookings/answerTexts";
import { useOfficeApi, useUser } from "../shell/office";
import { Actions } from "./actions";
import { BookingDialog } from "./BookingDialog";
import { ClosureDialog } from "./ClosureDialog";
import { CalendarApi } from "./calendarApi";
import { DayList } from "./DayList";
import { RulesDialog } from "./Dialog";
import { NewEntry } from "./EntryForm";
import type { FormSurroundings } from "./formFields";
import { Grid } from "./Grid";
import { type GridActions, nextFree } from "./gridActions";
import type { Block } from "./layout";
import { type Message, Messages } from "./Messages";
import { notify } from "./notices";
import type { Schedule } from "./schedule";
import type { Shown, View } from "./shown";
import type { Connection } from "./stream";
import * as texts from "./texts";
import { dayIn } from "./time";
import { WeekOfAll } from "./WeekOfAll";
import type { Column, Entry, Rule } from "./wire";
import { Words } from "./words";

export type NewsListener = (bookings: Entry[]) => void;

interface ScheduleViewProps {
  schedule: Schedule;
  connection: Connection;
  shown: Shown;
  isPhone: boolean;
  /** Gets the function with which the page begins a new booking. */
  beginner: RefObject<(() => void) | null>;
  newsListener: RefObject<NewsListener | null>;
}

type Opened =
  | { kind: "block"; block: Block; column: Column }
  | { kind: "closure"; id: number; column: Column }
  | { kind: "new"; column: Column; starts_at: string; ends_at: string | null }
  | null;

interface Question {
  rules: readonly Rule[];
  answer(isAgreed: boolean): void;
}

/** The view of a schedule, with everything that can be done on it. */
export function ScheduleView(props: ScheduleViewProps) {
  const { schedule, connection, shown, isPhone, beginner, newsListener } = props;
  const office = useOfficeApi();
  const { user } = useUser();
  const api = useMemo(() => new CalendarApi(office), [office]);
  const words = useMemo(() => {
    const skew = Date.parse(schedule.calendar.now) - Date.now();
    return new Words(schedule, document.documentElement.lang || "en", () => Date.now() + skew);
  }, [schedule]);
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  useLayoutEffect(() => schedule.onOthers(() => redraw(undefined)), [schedule]);
  const [opened, open] = useState<Opened>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [said, say] = useState("");
  const { messages, tell, forget } = useMessages();

  const ask = useCallback(
    (rules: readonly Rule[]) =>
      new Promise<boolean>((answer) =>
        setQuestion({
          rules,
          answer(isAgreed) {
            setQuestion(null);
            answer(isAgreed);
          },
        }),
      ),
    [],
  );
  const actions = useMemo(
    () => new Actions(api, schedule, words, { ask, tell }),
    [api, schedule, words, ask, tell],
  );
  useNews(newsListener, words, tell, actions);

  const isOnline = connection === "live";
  const canWrite = user.scopes.includes("bookings:write");
  const around: FormSurroundings = useMemo(
    () => ({
      api,
      schedule,
      words,
      own: user.resource_id,
      canCloseBusiness: user.scopes.includes("catalog:write"),
      canSeeBookings: user.scopes.includes("bookings:read"),
      canSeeCustomers: user.scopes.includes("customers:read"),
      ask,
      tell,
      noteOwn: (id) => actions.noteOwn(id),
      cancel: (entry) => actions.end(entry, "cancel"),
      block: (wanted) => actions.block(wanted),
      readColumn: async (resource, day) =>
        (await api.read({ from: day, days: 1, resources: [resource] }).catch(() => null))
          ?.columns[0] ?? null,
    }),
    [api, schedule, words, user, ask, tell, actions],
  );

  const begin = (column: Column | undefined) => {
    if (column)
      open({ kind: "new", column, starts_at: nextFree(schedule, words, column), ends_at: null });
  };
  const gridActions: GridActions = {
    move: (entry, change) => void actions.move(entry, change),
    open: (block, column) => open({ kind: "block", block, column }),
    openClosure: (id, column) => open({ kind: "closure", id, column }),
    create(column, starts_at, ends_at) {
      if (canWrite) open({ kind: "new", column, starts_at, ends_at });
    },
    say,
    refuse: tell,
  };
  const columns = schedule.columns;
  const isOfSeveral = columns.some((each) => each.resource_id !== columns[0]?.resource_id);
  const layout = layoutOf(shown.view, isOfSeveral, isPhone);
  const print = () => printDays(schedule, words, columns, shown);
  useLayoutEffect(() => {
    beginner.current = () => begin(columns[0]);
    return () => {
      beginner.current = null;
    };
  });
  usePrinting(print);
  const close = () => open(null);
  const holdsAway = columns.some((column) => column.degraded.includes("holds"));

  return (
    <>
      <p class="visually-hidden" role="status" aria-live="polite">
        {said}
      </p>
      {connection === "offline" && <p class="cal-offline">{texts.connection.offline}</p>}
      {isOnline && holdsAway && <p class="cal-offline">{texts.holdsUnknown}</p>}
      {columns.length === 0 && <p>{texts.nobody}</p>}
      {columns.length > 0 && layout === "grid" && (
        <Grid
          schedule={schedule}
          words={words}
          columns={columns}
          heads={columns.map((column) =>
            shown.view === "week" ? words.times.shortDay(column.day) : column.name,
          )}
          actions={gridActions}
          canWrite={canWrite && isOnline}
        />
      )}
      {columns.length > 0 && layout === "week" && (
        <WeekOfAll
          schedule={schedule}
          words={words}
          columns={columns}
          shown={shown}
          actions={gridActions}
          canWrite={canWrite && isOnline}
        />
      )}
      {columns.length > 0 && layout === "list" && (
        <DayList
          schedule={schedule}
          words={words}
          columns={columns}
          withNames={schedule.calendar.resources.length > 1}
          onOpen={gridActions.open}
          onOpenClosure={gridActions.openClosure}
        />
      )}
      {opened?.kind === "block" && (
        <BookingDialog
          key={opened.block.id}
          around={around}
          actions={actions}
          block={opened.block}
          column={opened.column}
          canWrite={canWrite && isOnline}
          onBookOver={(entry: Entry) =>
            open({
              kind: "new",
              column: opened.column,
              starts_at: entry.starts_at,
              ends_at: null,
            })
          }
          onClose={close}
        />
      )}
      {opened?.kind === "closure" && (
        <ClosureDialog
          actions={actions}
          column={opened.column}
          id={opened.id}
          around={around}
          canWrite={canWrite && isOnline}
          onClose={close}
        />
      )}
      {opened?.kind === "new" && (
        <NewEntry
          around={around}
          column={opened.column}
          starts_at={opened.starts_at}
          ends_at={opened.ends_at}
          onClose={close}
        />
      )}
      {question && (
        <RulesDialog
          rules={question.rules.map((rule) => texts.rules[rule])}
          onAnswer={question.answer}
        />
      )}
      <Messages messages={messages} onDone={forget} />
    </>
  );
}

function useMessages() {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const count = useRef(0);
  const forget = useCallback(
    (id: number) => setMessages((now) => now.filter((message) => message.id !== id)),
    [],
  );
  const tell = useCallback((text: string, undo?: () => Promise<void>) => {
    const message = { id: ++count.current, text, undo };
    // Only the latest change has an undo: those before it may depend on each other.
    setMessages((now) => [...now.filter((each) => !each.undo).slice(-2), message]);
  }, []);
  return { messages, tell, forget };
}

/**
 * Milliseconds before news are shown: a booking of this page can be in the news before its request
 * is answered.
 */
const UNTIL_ANSWERED = 1_000;

/** Shows a notice for each booking that somebody else makes, also on a day that is not shown. */
function useNews(
  listener: RefObject<NewsListener | null>,
  words: Words,
  tell: (text: string) => void,
  actions: Actions,
): void {
  useLayoutEffect(() => {
    const announce = (entry: Entry) => {
      if (actions.isOwn(entry.id)) return;
      const zone = words.zone;
      const when = `${words.times.dayAndMonth(dayIn(Date.parse(entry.starts_at), zone))}, ${words.span(entry.starts_at, entry.ends_at, zone)}, ${words.resourceName(entry.resource_id)}`;
      const tells = entry.status === "requested" ? answers.newRequest : texts.newcomer;
      const text = tells(words.title(entry, zone), words.serviceName(entry.service_id), when);
      tell(text);
      notify(text);
    };
    listener.current = (bookings) => {
      setTimeout(() => bookings.forEach(announce), UNTIL_ANSWERED);
    };
    return () => {
      listener.current = null;
    };
  }, [listener, words, tell, actions]);
}

/**
 * Returns the layout of a view. The week of several resources is a table, and on a phone a list.
 */
function layoutOf(view: View, isOfSeveral: boolean, isPhone: boolean): "grid" | "week" | "list" {
  if (view === "list") return "list";
  if (view === "day" || !isOfSeveral) return "grid";
  return isPhone ? "list" : "week";
}

/**
 * Prepares the days for printing, as lists: a day is listed for each person, a week day by day.
 * Returns a function that removes the lists.
 */
function printDays(
  schedule: Schedule,
  words: Words,
  columns: readonly Column[],
  shown: Shown,
): () => void {
  const paper = document.createElement("div");
  paper.className = "cal-paper";
  document.body.append(paper);
  const isWeek = shown.view === "week";
  const names = new Map(columns.map((column) => [column.resource_id, column.name]));
  const list = (of: readonly Column[], withNames: boolean) => (
    <DayList
      schedule={schedule}
      words={words}
      columns={of}
      withNames={withNames}
      onOpen={() => {}}
      onOpenClosure={() => {}}
    />
  );
  render(
    <>
      <h1>{isWeek ? words.times.week(shown.day) : words.times.longDay(shown.day)}</h1>
      {isWeek && names.size === 1 && <h2>{[...names.values()]}</h2>}
      {isWeek
        ? list(columns, names.size > 1)
        : columns.map((column) => (
            <section key={column.resource_id}>
              <h2>
                <bdi>{column.name}</bdi>
              </h2>
              {list([column], false)}
            </section>
          ))}
    </>,
    paper,
  );
  return () => {
    render(null, paper);
    paper.remove();
  };
}

function usePrinting(print: () => () => void): void {
  const latest = useRef(print);
  latest.current = print;
  useLayoutEffect(() => {
    let remove = () => {};
    const showPaper = () => {
      remove = latest.current();
    };
    const removePaper = () => remove();
    addEventListener("beforeprint", showPaper);
    addEventListener("afterprint", removePaper);
    return () => {
      removeEventListener("beforeprint", showPaper);
      removeEventListener("afterprint", removePaper);
      removePaper();
    };
  }, []);
}
