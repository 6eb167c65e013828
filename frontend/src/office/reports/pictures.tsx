import type { Bar } from "./days";
import * as words from "./texts";
import { count, dayText, rangeText } from "./writing";

/** A bar that shows a part of a whole, at the end of a row. The row has the same number. */
export function ShareBar({ share }: { share: number | null }) {
  return (
    <svg class="share-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-ground" width="100" height="8" />
      {share !== null && <rect class="bar" width={100 * Math.min(share, 1)} height="8" />}
    </svg>
  );
}

const HEIGHT = 100;

/** A picture with a bar for each day, week or month. A table has the same numbers. */
export function BarPicture({ bars }: { bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map((bar) => bar.booked + bar.cancelled));
  const scale = HEIGHT / most;
  const middle = bars[Math.floor((bars.length - 1) / 2)];
  const ends = [bars[0], bars.length > 4 ? middle : undefined, bars.at(-1)];
  return (
    <div class="bars" aria-hidden="true">
      <div class="bars-most">{count(most)}</div>
      <svg viewBox={`0 0 ${10 * bars.length} ${HEIGHT}`} preserveAspectRatio="none">
        <title>{words.appointments}</title>
        {bars.map((bar, place) => (
          <g key={bar.from}>
            <title>{titleOf(bar)}</title>
            <rect class="bar-hover" x={10 * place} width="10" height={HEIGHT} />
            <rect
              class="bar"
              x={10 * place + 1}
              y={HEIGHT - bar.booked * scale}
              width="8"
              height={bar.booked * scale}
            />
            <rect
              class="bar-cancelled"
              x={10 * place + 1}
              y={HEIGHT - (bar.booked + bar.cancelled) * scale}
              width="8"
              height={bar.cancelled * scale}
            />
          </g>
        ))}
      </svg>
      <div class="bars-days">
        {ends.map((bar) => bar && <span key={bar.from}>{dayText(bar.from)}</span>)}
      </div>
      <p class="legend">
        <span class="legend-booked">{words.booked}</span>
        <span class="legend-cancelled">{words.cancelled}</span>
      </p>
    </div>
  );
}

export const spanOf = ({ from, to }: Bar) => (from === to ? dayText(from) : rangeText(from, to));

const titleOf = (bar: Bar) =>
  `${spanOf(bar)}: ${words.booked} ${count(bar.booked)}, ${words.cancelled} ${count(bar.cancelled)}`;
