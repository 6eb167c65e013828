import * as words from "./texts";
import type { Report, Row } from "./wire";
import { count, duration, money, share } from "./writing";

type Loaded = Record<string, { answer: Report | null }>;

interface Figure {
  title: string;
  report: string;
  write(totals: Row, currency: string): string;
}

const FIGURES: readonly Figure[] = [
  { title: words.appointments, report: "bookings", write: (totals) => count(totals.booked) },
  { title: words.use, report: "utilisation", write: (totals) => share(totals.share) },
  {
    title: words.revenue,
    report: "revenue",
    write: (totals, currency) => money(totals.revenue, currency),
  },
  { title: words.cancellations, report: "cancellations", write: (totals) => share(totals.share) },
  { title: words.noShows, report: "no-shows", write: (totals) => share(totals.share) },
  {
    title: words.leadMiddle,
    report: "lead-times",
    write: (totals) => duration(totals.median_minutes),
  },
  { title: words.conversionShare, report: "conversion", write: (totals) => share(totals.share) },
];

/** The most important figures, each beside that of the range before. */
export function Overview({ loaded }: { loaded: Loaded }) {
  return (
    <dl class="overview">
      {FIGURES.map(({ title, report, write }) => {
        const answer = loaded[report]?.answer;
        return (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{answer ? write(answer.totals, answer.currency) : "…"}</dd>
            <dd class="quiet">
              {answer && words.before(write(answer.before.totals, answer.currency))}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
