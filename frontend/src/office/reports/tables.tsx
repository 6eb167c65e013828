import type { ComponentChildren } from "preact";
import { ShareBar } from "./pictures";
import * as words from "./texts";
import { numberOf, type Row } from "./wire";

export interface Figure {
  title: string;
  write(row: Row): string;
}

interface TableProps {
  caption: string;
  figures: readonly Figure[];
  rows: readonly Row[];
  totals?: Row;
  /** The heading of a row. Without it, the heading is the row's name. */
  label?: (row: Row) => ComponentChildren;
  /** The part of a whole that the bar at the end of a row shows. */
  share?: (row: Row) => number | null;
}

const nameOf = (row: Row) => <bdi>{row.name || words.unknown}</bdi>;

/** A table of figures, with a bar at the end of each row if there is a `share`. */
export function FigureTable({ caption, figures, rows, totals, label, share }: TableProps) {
  const Cells = ({ row }: { row: Row }) => (
    <>
      {figures.map((figure) => (
        <td key={figure.title}>{figure.write(row)}</td>
      ))}
      {share && (
        <td class="bar-cell">
          <ShareBar share={share(row)} />
        </td>
      )}
    </>
  );
  return (
    <table class="figures">
      <thead class="figures-head">
        <tr>
          <th scope="col">{caption}</th>
          {figures.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
          {share && <td class="bar-cell" />}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a table have no other name.
          <tr key={place}>
            <th scope="row">{(label ?? nameOf)(row)}</th>
            <Cells row={row} />
          </tr>
        ))}
      </tbody>
      {totals && (
        <tfoot class="figures-foot">
          <tr>
            <th scope="row">{words.total}</th>
            <Cells row={totals} />
          </tr>
        </tfoot>
      )}
    </table>
  );
}

type GroupsProps = Pick<TableProps, "figures" | "rows" | "totals" | "share">;

/** Two tables: one of resources, and one of services. */
export function GroupTables({ rows, totals, ...rest }: GroupsProps) {
  if (rows.length === 0) return <p class="quiet">{words.none}</p>;
  return (
    <>
      {(["resource", "service"] as const).map((group) => (
        <FigureTable
          key={group}
          caption={words.groups[group] ?? group}
          rows={rows.filter((row) => row.group === group)}
          {...(group === "resource" && totals ? { totals } : {})}
          {...rest}
        />
      ))}
    </>
  );
}

export const shareOf = (row: Row) => numberOf(row, "share");
