import { moment, momentIn } from "../components/moment";
import * as texts from "../texts";
import * as words from "./texts";

const MAX_LENGTH = 300;
/** A local time of the business, without a zone. */
const WALL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
/** Tells whether a value is a change: the value before it, and the value now. */
const isChange = (value: unknown): value is [unknown, unknown] =>
  Array.isArray(value) && value.length === 2;

/** The details of an entry of the audit, field by field. `names` has the names of users. */
export function Details({
  details,
  names,
}: {
  details: Record<string, unknown>;
  names: ReadonlyMap<string, string>;
}) {
  const said = Object.entries(details);
  if (said.length === 0) return null;
  return (
    <dl class="audit-details">
      {said.map(([field, value]) => (
        <div key={field}>
          <dt>{words.fields[field] ?? field.replaceAll("_", " ")}</dt>
          <dd>
            <Value field={field} value={value} names={names} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface ValueProps {
  field: string;
  value: unknown;
  names: ReadonlyMap<string, string>;
}

function Value({ field, value, names }: ValueProps) {
  if (field === "user" && typeof value === "number") {
    return <bdi>{names.get(`user:${value}`) ?? value}</bdi>;
  }
  if (!isChange(value)) return <bdi>{plain(value)}</bdi>;
  return (
    <>
      <del>
        <bdi>{plain(value[0])}</bdi>
      </del>{" "}
      <ins>
        <bdi>{plain(value[1])}</bdi>
      </ins>
    </>
  );
}

/** Writes a value in words. A long text is cut. */
function plain(value: unknown): string {
  const text = describe(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

function describe(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(describe).join(", ");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(
        ([name, part]) =>
          `${words.fields[name] ?? texts.weekdays[name as "mon"] ?? name}: ${describe(part)}`,
      )
      .join("; ");
  }
  const text = String(value);
  if (WALL_TIME.test(text)) return momentIn(`${text}Z`, "UTC");
  return INSTANT.test(text) ? moment(text) : text;
}
