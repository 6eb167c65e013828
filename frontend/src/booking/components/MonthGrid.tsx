import { useLayoutEffect, useRef, useState } from "react";
import {
  addDays,
  addMonths,
  daysOf,
  earlier,
  firstDayOf,
  later,
  monthOf,
  weekdayOf,
} from "../format/calendar";
import { dayNumber, firstWeekday, longDay, monthTitle, weekday } from "../format/format";
import type { MonthState } from "../hooks/useMonth";
import * as texts from "../texts";

interface MonthGridProps {
  month: string;
  state: MonthState;
  selected: string | null;
  today: string;
  lastDay: string;
  onMonth(month: string): void;
  onDay(day: string): void;
}

/** The days of a month as buttons; arrow keys move between them, also into the next month. */
export function MonthGrid(props: MonthGridProps) {
  const { month, state, selected, today, lastDay, onMonth, onDay } = props;
  const grid = useRef<HTMLDivElement>(null);
  const [focused, focus] = useState<string | null>(null);
  const days = daysOf(month).filter((day) => weekStart(day) >= weekStart(today));
  const tabStop = [focused, selected, today].find((day) => day && days.includes(day)) ?? days[0];

  useLayoutEffect(() => {
    if (focused === null || monthOf(focused) !== month) return;
    grid.current?.querySelector<HTMLElement>(`[data-day="${focused}"]`)?.focus();
  }, [focused, month]);

  const move = (event: KeyboardEvent, from: string) => {
    const target = dayAfterKey(event.key, from);
    if (target === null) return;
    event.preventDefault();
    const to = earlier(later(target, today), lastDay);
    onMonth(monthOf(to));
    focus(to);
  };

  const dayButton = (day: string) => {
    const isOffered = day >= today && day <= lastDay;
    const free = isOffered ? freeOn(day, state) : 0;
    return (
      <button
        key={day}
        type="button"
        class="day"
        data-day={day}
        data-free={free ?? "unknown"}
        data-today={day === today}
        aria-label={`${longDay(day)}, ${texts.free(free)}`}
        aria-pressed={day === selected}
        aria-current={day === today ? "date" : undefined}
        aria-disabled={!isOffered}
        tabIndex={day === tabStop ? 0 : -1}
        style={{ gridColumnStart: columnOf(day) }}
        onClick={() => isOffered && onDay(day)}
        onKeyDown={(event) => move(event, day)}
      >
        {dayNumber(day)}
      </button>
    );
  };

  return (
    <div class="month">
      <div class="month-head">
        <h3 aria-live="polite">{monthTitle(month)}</h3>
        <button
          type="button"
          class="icon-button back"
          aria-label={texts.previousMonth}
          disabled={month <= monthOf(today)}
          onClick={() => onMonth(addMonths(month, -1))}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={texts.nextMonth}
          disabled={month >= monthOf(lastDay)}
          onClick={() => onMonth(addMonths(month, 1))}
        />
      </div>
      <div class="month-grid" ref={grid}>
        {weekOf(today).map((day) => (
          <abbr key={day} class="weekday" title={weekday(day, "long")}>
            {weekday(day, "short")}
          </abbr>
        ))}
        {days.map(dayButton)}
      </div>
    </div>
  );
}

const freeOn = (day: string, state: MonthState) =>
  state.kind === "known" ? (day in state.free ? (state.free[day] ?? null) : 0) : null;

/** The first column is 1. */
const columnOf = (day: string) => ((weekdayOf(day) - firstWeekday() + 7) % 7) + 1;

const weekStart = (day: string) => addDays(day, 1 - columnOf(day));

const weekOf = (day: string) =>
  [0, 1, 2, 3, 4, 5, 6].map((index) => addDays(weekStart(day), index));

const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function dayAfterKey(key: string, day: string): string | null {
  if (key === "PageUp") return firstDayOf(addMonths(monthOf(day), -1));
  if (key === "PageDown") return firstDayOf(addMonths(monthOf(day), 1));
  if (key === "Home") return weekStart(day);
  if (key === "End") return addDays(weekStart(day), 6);
  return steps[key] ? addDays(day, steps[key]) : null;
}
