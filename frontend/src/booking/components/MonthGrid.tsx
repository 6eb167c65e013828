import { useLayoutEffect, useRef, useState } from "react";
import {
  addDays,
  addMonths,
  earlier,
  firstDayOf,
  lastDayOf,
  later,
  monthOf,
} from "../format/calendar";
import { columnNames, dayNumber, longDay, monthName, monthTitle, weekday } from "../format/format";
import { columnOf, monthDays, rowOf, weekStart } from "../format/monthDays";
import type { MonthState } from "../hooks/useMonth";
import { onward, plural, texts } from "../texts";
import { Icon } from "./Icon";

interface MonthGridProps {
  month: string;
  state: MonthState;
  selected: string | null;
  today: string;
  lastDay: string;
  onMonth(month: string): void;
  onDay(day: string): void;
}

/**
 * A day has few free times if there are at most `FEW`, and if another shown day has at least `MANY`
 * times as many.
 */
const FEW = 3;
const MANY = 4;

/**
 * The days of a month as buttons. Arrow keys move between them, also into the next month. On a
 * phone, once a day is chosen, only its week is shown, and the visitor can swipe to the other
 * weeks.
 */
export function MonthGrid(props: MonthGridProps) {
  const { month, state, selected, today, lastDay, onMonth, onDay } = props;
  const grid = useRef<HTMLDivElement>(null);
  const [focused, focus] = useState<string | null>(null);
  const [isFolded, fold] = useState(selected !== null);
  const days = monthDays(month, today);
  const tabStop = [focused, selected, today].find((day) => day && days.includes(day)) ?? days[0];
  // The grid may show days of the next month, too. Then the title is that of the open day's month.
  const titled = selected && days.includes(selected) ? monthOf(selected) : month;
  const isWholeTitled = days.includes(lastDayOf(titled));
  const next = addMonths(isWholeTitled ? titled : month, 1);
  const week = weekOf(today);
  const row = selected && days.includes(selected) ? rowOf(selected, days) : 1;
  const most = Math.max(0, ...days.map((day) => freeOn(day, state) ?? 0));

  useLayoutEffect(() => {
    if (focused === null) return;
    grid.current?.querySelector<HTMLElement>(`[data-day="${focused}"]`)?.focus();
  }, [focused]);
  useLayoutEffect(() => {
    const weeks = grid.current;
    if (!weeks || !isFolded) return;
    // When a phone is turned, the weeks get another width.
    const watcher = new ResizeObserver(() => showWeek(weeks, row));
    watcher.observe(weeks);
    return () => watcher.disconnect();
  }, [isFolded, row]);

  const move = (event: KeyboardEvent, from: string) => {
    const target = dayAfterKey(event.key, from);
    if (target === null) return;
    event.preventDefault();
    const to = earlier(later(target, today), lastDay);
    if (!days.includes(to)) onMonth(monthOf(to));
    focus(to);
  };

  const dayButton = (day: string) => {
    const isInWindow = day >= today && day <= lastDay;
    const free = isInWindow ? freeOn(day, state) : 0;
    const isFull = state.kind === "known" && state.full.includes(day);
    const isOffered = isInWindow && (free !== 0 || isFull || day === selected);
    const isFirst = day === firstDayOf(monthOf(day)) && monthOf(day) !== month;
    return (
      <button
        key={day}
        type="button"
        class="day"
        data-day={day}
        data-free={free ?? "unknown"}
        data-full={isFull}
        data-first={columnOf(day) === 1}
        data-few={free !== null && free > 0 && free <= FEW && MANY * free <= most}
        aria-label={`${longDay(day)}, ${freeInWords(free, isFull)}`}
        aria-pressed={day === selected}
        aria-current={day === today ? "date" : undefined}
        aria-disabled={!isOffered}
        tabIndex={day === tabStop ? 0 : -1}
        style={{ "--column": columnOf(day), "--row": rowOf(day, days) }}
        onClick={() => {
          if (!isOffered) return;
          fold(true);
          onDay(day);
        }}
        onKeyDown={(event) => move(event, day)}
      >
        {isFirst && <span class="day-month">{monthName(day)}</span>}
        {dayNumber(day)}
      </button>
    );
  };

  return (
    <div class="month" data-folded={isFolded}>
      <div class="month-head">
        <h3 aria-live="polite">{monthTitle(titled)}</h3>
        <button
          type="button"
          class="icon-button unfold"
          aria-label={texts.wholeMonth}
          onClick={() => fold(false)}
        >
          <Icon name="on" />
        </button>
        <button
          type="button"
          class="icon-button other-month"
          aria-label={texts.previousMonth}
          disabled={month <= monthOf(today)}
          onClick={() => onMonth(addMonths(month, -1))}
        >
          <Icon name="back" />
        </button>
        <button
          type="button"
          class="icon-button other-month"
          aria-label={texts.nextMonth}
          disabled={next > monthOf(lastDay)}
          onClick={() => onMonth(next)}
        >
          <Icon name="on" />
        </button>
      </div>
      <div class="weekdays">
        {columnNames(week).map((name, index) => (
          <abbr key={week[index]} class="weekday" title={weekday(week[index] ?? today, "long")}>
            {name}
          </abbr>
        ))}
      </div>
      <div class="month-grid" ref={grid}>
        {days.map(dayButton)}
      </div>
    </div>
  );
}

function freeInWords(free: number | null, isFull: boolean): string {
  if (free === null) return texts.slotWords.unknown;
  return isFull && free === 0 ? texts.fullDay : plural(texts.freeOnDay, free);
}

/**
 * Scrolls to a week where all weeks are beside each other. Elsewhere there is nothing to scroll.
 */
function showWeek(grid: HTMLElement, week: number): void {
  grid.scrollLeft = onward() * (week - 1) * grid.clientWidth;
}

const freeOn = (day: string, state: MonthState) =>
  state.kind === "known" ? (day in state.free ? (state.free[day] ?? null) : 0) : null;

const weekOf = (day: string) =>
  [0, 1, 2, 3, 4, 5, 6].map((index) => addDays(weekStart(day), index));

function stepOf(key: string): number | undefined {
  const steps: Record<string, number> = { ArrowLeft: -onward(), ArrowRight: onward() };
  return { ...steps, ArrowUp: -7, ArrowDown: 7 }[key];
}

function dayAfterKey(key: string, day: string): string | null {
  if (key === "PageUp") return firstDayOf(addMonths(monthOf(day), -1));
  if (key === "PageDown") return firstDayOf(addMonths(monthOf(day), 1));
  if (key === "Home") return weekStart(day);
  if (key === "End") return addDays(weekStart(day), 6);
  const step = stepOf(key);
  return step === undefined ? null : addDays(day, step);
}
