import * as words from "./texts";
import { numberOf, type Row } from "./wire";
import { count, weekdayText } from "./writing";

const LEVELS = 5;

/**
 * A table of when appointments start: a row for each weekday, a column for each hour that has any.
 * Each cell has a number and a colour.
 */
export function HeatMap({ rows }: { rows: readonly Row[] }) {
  const counts = new Map(
    rows.map((row) => [`${row.weekday} ${row.hour}`, numberOf(row, "booked")]),
  );
  const busy = rows.filter((row) => row.booked).map((row) => Number(row.hour));
  if (busy.length === 0) return <p class="quiet">{words.none}</p>;
  const first = Math.min(...busy);
  const hours = Array.from({ length: Math.max(...busy) - first + 1 }, (_, each) => first + each);
  const most = Math.max(...[...counts.values()].map((each) => each ?? 0));
  return (
    <table class="heat">
      <thead>
        <tr>
          <th scope="col">
            <span class="visually-hidden">{words.weekday}</span>
          </th>
          {hours.map((hour) => (
            <th key={hour} scope="col">
              {hour}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[1, 2, 3, 4, 5, 6, 7].map((weekday) => (
          <tr key={weekday}>
            <th scope="row" class="heat-day">
              {weekdayText(weekday)}
            </th>
            {hours.map((hour) => {
              const found = counts.get(`${weekday} ${hour}`) ?? 0;
              return (
                <td key={hour} data-level={Math.ceil((LEVELS * found) / most)}>
                  {found > 0 ? count(found) : <span class="visually-hidden">0</span>}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
