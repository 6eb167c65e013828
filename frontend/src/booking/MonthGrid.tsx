import { useEffect, useRef, useState } from "react";
import { addDays, addMonths, daysOf, firstDayOf, monthOf, weekdayOf } from "./calendar";
import { dayNumber, firstWeekday, longDay, monthTitle, weekday } from "./format";
import { texts } from "./texts";
import type { FreeByDay, MonthState } from "./useMonth";

interface MonthGridProps {
  month: string;
  state: MonthState;
  selected: string | null;
  today: string;
  lastDay: string;
  onMonth(month: string): void;
  onDay(day: string): void;
}

/** The days of a month as buttons; arrow keys move between them. */
export function MonthGrid(props: MonthGridProps) {
  const { month, state, selected, today, lastDay, onMonth, onDay } = props;
  const grid = useRef<HTMLDivElement>(null);
  const [focusWish, setFocusWish] = useState<string | null>(null);
  const days = daysOf(month);
  const tabStop = [focusWish, selected, today].find((day) => day && monthOf(day) === month);

  useEffect(() => {
    if (focusWish === null || monthOf(focusWish) !== month) return;
    grid.current?.querySelector<HTMLElement>(`[data-day="${focusWish}"]`)?.focus();
  }, [focusWish, month]);

  const move = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).dataset.day;
    const to = from && dayAfterKey(event.key, from);
    if (!to) return;
    event.preventDefault();
    if (to < firstDayOf(monthOf(today)) || monthOf(to) > monthOf(lastDay)) return;
    if (monthOf(to) !== month) onMonth(monthOf(to));
    setFocusWish(to);
  };

  return (
    <div class="month">
      <div class="month-head">
        <h3 aria-live="polite">{monthTitle(month)}</h3>
        <button
          type="button"
          class="icon-button"
          aria-label={texts.previousMonth}
          disabled={month <= monthOf(today)}
          onClick={() => onMonth(addMonths(month, -1))}
        >
          <span class="arrow arrow-back" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={texts.nextMonth}
          disabled={month >= monthOf(lastDay)}
          onClick={() => onMonth(addMonths(month, 1))}
        >
          <span class="arrow" />
        </button>
      </div>
      <div class="month-grid" ref={grid}>
        {weekOf(month).map((day) => (
          <abbr key={weekdayOf(day)} class="weekday" title={weekday(day, "long")}>
            {weekday(day, "short")}
          </abbr>
        ))}
        {days.map((day) => (
          <DayButton
            key={day}
            day={day}
            free={freeOn(day, state)}
            isOffered={day >= today && day <= lastDay}
            isSelected={day === selected}
            isToday={day === today}
            isTabStop={day === (tabStop ?? days[0])}
            column={((weekdayOf(day) - firstWeekday() + 7) % 7) + 1}
            onChoose={() => onDay(day)}
            onKey={move}
          />
        ))}
      </div>
    </div>
  );
}

interface DayButtonProps {
  day: string;
  free: number | null;
  isOffered: boolean;
  isSelected: boolean;
  isToday: boolean;
  isTabStop: boolean;
  column: number;
  onChoose(): void;
  onKey(event: KeyboardEvent): void;
}

function DayButton(props: DayButtonProps) {
  const { day, free, isOffered } = props;
  const count = isOffered ? free : 0;
  return (
    <button
      type="button"
      class="day"
      data-day={day}
      data-free={count ?? "unknown"}
      data-today={props.isToday || undefined}
      aria-label={`${longDay(day)}, ${describe(count)}`}
      aria-pressed={props.isSelected}
      aria-disabled={!isOffered}
      tabIndex={props.isTabStop ? 0 : -1}
      style={{ gridColumnStart: props.column }}
      onClick={() => isOffered && props.onChoose()}
      onKeyDown={props.onKey}
    >
      {dayNumber(day)}
    </button>
  );
}

function describe(free: number | null): string {
  if (free === null) return texts.cannotTell;
  return free === 0 ? texts.noFreeTimes : texts.freeTimes(free);
}

function freeOn(day: string, state: MonthState): number | null {
  return state.kind === "known" ? freeKnown(day, state.free) : null;
}

const freeKnown = (day: string, free: FreeByDay) => {
  const count = free[day];
  return count === undefined ? 0 : count;
};

/** The seven days to name the columns by. */
function weekOf(month: string): string[] {
  const first = firstDayOf(month);
  const start = addDays(first, ((firstWeekday() - weekdayOf(first) - 7) % 7) + 7);
  return Array.from({ length: 7 }, (_, index) => addDays(start, index));
}

const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -7,
  ArrowDown: 7,
};

function dayAfterKey(key: string, day: string): string | null {
  const step = STEPS[key];
  if (step !== undefined) return addDays(day, step);
  if (key === "PageUp" || key === "PageDown") {
    return firstDayOf(addMonths(monthOf(day), key === "PageUp" ? -1 : 1));
  }
  return null;
}
