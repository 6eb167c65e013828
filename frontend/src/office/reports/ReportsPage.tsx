import type { Place } from "../shell/router";
import { go } from "../shell/router";
import { barsOf, type DayRange, rangeOf, readRange, todayIn } from "./days";
import { HeatMap } from "./HeatMap";
import { Overview } from "./Overview";
import { BarPicture, spanOf } from "./pictures";
import { RangeForm } from "./RangeForm";
import { ReportCard, useReport } from "./ReportCard";
import { FigureTable, GroupTables, shareOf } from "./tables";
import * as words from "./texts";
import { numberOf, type Report, type Row } from "./wire";
import { count, duration, hoursOf, money, rangeText, share } from "./writing";

const figure = (
  title: string,
  name: string,
  write: (value: Row[string] | undefined) => string,
) => ({
  title,
  write: (row: Row) => write(row[name]),
});

const SHARE = figure(words.share, "share", share);
const USE = [
  figure(words.booked, "booked_minutes", hoursOf),
  figure(words.open, "open_minutes", hoursOf),
  SHARE,
];
const LEAD = [figure(words.appointments, "booked", count), SHARE];
const NO_SHOWS = [
  figure(words.completed, "completed", count),
  figure(words.unmarked, "unmarked", count),
  figure(words.noShows, "no_shows", count),
  SHARE,
];
const CANCELLATIONS = [
  figure(words.byCustomer, "by_customer", count),
  figure(words.byBusiness, "by_business", count),
  figure(words.byOthers, "by_others", count),
  SHARE,
];

const REQUESTS = [
  figure(words.approved, "approved", count),
  figure(words.declined, "declined", count),
  figure(words.lapsed, "lapsed", count),
  figure(words.withdrawn, "withdrawn", count),
  figure(words.waiting, "waiting", count),
  SHARE,
];

const barsIn = ({ rows }: Report) =>
  barsOf(
    rows.map((row) => ({
      day: String(row.day),
      booked: Number(row.booked),
      cancelled: Number(row.cancelled),
    })),
  );

function titleOfBars(report: Report | null): string {
  if (!report) return words.byDay;
  const bars = barsIn(report);
  if (bars.length === report.rows.length) return words.byDay;
  return report.rows.length <= 400 ? words.byWeek : words.byMonth;
}

function leadText({ from_minutes: least, to_minutes: most }: Row): string {
  if (least === null) return words.afterwards;
  if (most === null) return words.atLeast(duration(least));
  return least === 0
    ? words.lessThan(duration(most))
    : words.between(duration(least), duration(most));
}

const moneyFigures = (currency: string) => [
  figure(words.completed, "completed", (value) => money(value, currency)),
  figure(words.expected, "expected", (value) => money(value, currency)),
  figure(words.revenue, "revenue", (value) => money(value, currency)),
  figure(words.unpriced, "unpriced", count),
];

/** The page with the reports about a range of days. */
export function ReportsPage({ place }: { place: Place }) {
  const asked = readRange(place.query.get("from"), place.query.get("to"));
  // Until the zone of the business is known, the zone of the browser is used.
  const range = asked ?? rangeOf("last30", todayIn(undefined));
  const loaded = useReports(range);
  const { answer } = loaded.bookings;
  const today = todayIn(answer?.time_zone);
  // Few businesses have services that need an approval.
  const hasRequests = (numberOf(loaded.requests.answer?.totals, "requests") ?? 0) > 0;
  const choose = ({ from, to }: DayRange) => go(`/reports?from=${from}&to=${to}`, { isSame: true });
  return (
    <>
      <h1 tabIndex={-1}>{words.reports}</h1>
      <RangeForm range={range} today={today} onChange={choose} />
      <p class="print-only">{rangeText(range.from, range.to)}</p>
      <Overview loaded={loaded} />
      {answer && (
        <p class="hint">
          {words.comparedWith(rangeText(answer.before.from, answer.before.to))}{" "}
          {words.zone(answer.time_zone)}
        </p>
      )}
      <div class="reports">
        <ReportCard
          name="bookings"
          title={titleOfBars(answer)}
          range={range}
          loaded={loaded.bookings}
          picture={(report) => <BarPicture bars={barsIn(report)} />}
        >
          {(report) => (
            <FigureTable
              caption={words.day}
              rows={barsIn(report) as unknown as Row[]}
              totals={report.totals}
              label={(row) =>
                spanOf({ from: String(row.from), to: String(row.to), booked: 0, cancelled: 0 })
              }
              figures={[
                figure(words.booked, "booked", count),
                figure(words.cancelled, "cancelled", count),
              ]}
            />
          )}
        </ReportCard>
        <ReportCard name="hours" title={words.byHour} range={range} loaded={loaded.hours}>
          {(report) => <HeatMap rows={report.rows} />}
        </ReportCard>
        <ReportCard
          name="utilisation"
          title={words.use}
          hint={words.useHint}
          range={range}
          loaded={loaded.utilisation}
        >
          {({ rows, totals }) => (
            <GroupTables rows={rows} totals={totals} figures={USE} share={shareOf} />
          )}
        </ReportCard>
        <ReportCard
          name="lead-times"
          title={words.lead}
          range={range}
          loaded={loaded["lead-times"]}
        >
          {({ rows }) => (
            <FigureTable
              caption={words.lead}
              rows={rows}
              figures={LEAD}
              label={leadText}
              share={shareOf}
            />
          )}
        </ReportCard>
        <ReportCard
          name="revenue"
          title={words.revenue}
          hint={words.revenueHint}
          range={range}
          loaded={loaded.revenue}
        >
          {({ rows, totals, currency }) => (
            <GroupTables rows={rows} totals={totals} figures={moneyFigures(currency)} />
          )}
        </ReportCard>
        <ReportCard
          name="cancellations"
          title={words.cancellations}
          range={range}
          loaded={loaded.cancellations}
        >
          {({ rows, totals }) => (
            <GroupTables rows={rows} totals={totals} figures={CANCELLATIONS} share={shareOf} />
          )}
        </ReportCard>
        {hasRequests && (
          <ReportCard
            name="requests"
            title={words.requests}
            hint={words.requestsHint}
            range={range}
            loaded={loaded.requests}
          >
            {({ rows, totals }) => (
              <GroupTables rows={rows} totals={totals} figures={REQUESTS} share={shareOf} />
            )}
          </ReportCard>
        )}
        <ReportCard
          name="no-shows"
          title={words.noShows}
          hint={words.noShowsHint}
          range={range}
          loaded={loaded["no-shows"]}
        >
          {({ rows, totals }) => (
            <GroupTables rows={rows} totals={totals} figures={NO_SHOWS} share={shareOf} />
          )}
        </ReportCard>
        <ReportCard
          name="conversion"
          title={words.conversion}
          hint={words.conversionHint}
          range={range}
          loaded={loaded.conversion}
        >
          {(report) => <Conversion report={report} />}
        </ReportCard>
      </div>
    </>
  );
}

function useReports(range: DayRange) {
  return {
    bookings: useReport("bookings", range),
    hours: useReport("hours", range),
    utilisation: useReport("utilisation", range),
    "lead-times": useReport("lead-times", range),
    revenue: useReport("revenue", range),
    cancellations: useReport("cancellations", range),
    requests: useReport("requests", range),
    "no-shows": useReport("no-shows", range),
    conversion: useReport("conversion", range),
  };
}

/** The report on conversion: how far visits came. */
function Conversion({ report: { totals, rows } }: { report: Report }) {
  const whole = numberOf(totals, "held");
  if (whole === null) return <p class="quiet">{words.conversionUnknown}</p>;
  const stages = (
    [
      [words.held, "held"],
      [words.checkedOut, "checked_out"],
      [words.visitsBooked, "booked"],
    ] as const
  ).map(([name, stage]) => {
    const visits = numberOf(totals, stage);
    return { name, visits, share: visits !== null && whole > 0 ? visits / whole : null };
  });
  const counted = words.countedDays(numberOf(totals, "counted_days") ?? 0, rows.length);
  return (
    <>
      <FigureTable
        caption={words.visits}
        rows={stages}
        figures={[figure(words.total, "visits", count), SHARE]}
        share={shareOf}
      />
      {counted && <p class="quiet">{counted}</p>}
    </>
  );
}
