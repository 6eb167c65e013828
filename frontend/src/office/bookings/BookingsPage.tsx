import { useEffect, useState } from "react";
import { decodePart } from "../../core/paths";
import { dayIn } from "../calendar/time";
import { SearchField } from "../components/SearchField";
import { useNews } from "../components/useNews";
import { usePages } from "../components/usePages";
import { useUser } from "../shell/office";
import { go, type Place } from "../shell/router";
import * as answers from "./answerTexts";
import { BookingPage } from "./BookingPage";
import { BookingRows } from "./BookingRows";
import { BulkBar } from "./BulkBar";
import { Exports, FilterFields } from "./FilterFields";
import { type Filters, filtersAt, isFiltered, orderOf, queryOf, requestOf } from "./filters";
import { rememberList } from "./lastList";
import * as texts from "./texts";
import type { BookingsPart } from "./wire";

const PATH = "/bookings";
const REQUESTED = "requested";
/** The zone of the business, once it is known. The date of today depends on it. */
let knownZone: string | null = null;

/** The page with the list of bookings, or with one of them. */
export function BookingsPage({ place }: { place: Place }) {
  const reference = place.path.slice(PATH.length + 1);
  if (reference) return <BookingPage key={reference} reference={decodePart(reference)} />;
  return <BookingList place={place} />;
}

function BookingList({ place }: { place: Place }) {
  const { user } = useUser();
  const filters = filtersAt(place.query);
  const today = dayIn(Date.now(), knownZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const request = requestOf(filters, today);
  useEffect(() => rememberList(place.query.toString()), [place]);
  const { parts, failure, hasMore, isReading, more, reload } = usePages<BookingsPart>(
    `/bookings?${request}`,
    (part) => part.bookings.length,
  );
  useNews(reload);
  const [picked, pick] = useState<readonly string[]>([]);
  const first = parts?.[0];
  if (first) knownZone = first.time_zone;
  const found = parts?.flatMap((part) => part.bookings) ?? [];
  const chosen = found.filter(({ reference }) => picked.includes(reference));
  const isOfRequests = filters.status === REQUESTED;
  const canWrite = user.scopes.includes("bookings:write");

  const show = (next: Partial<Filters>) => {
    const merged = { ...filters, ...next };
    // A search is for bookings of any day, and without one the list shows the upcoming ones. This
    // changes only if no other filter is set.
    if (next.q !== undefined && !isFiltered(filters)) merged.when = next.q ? "all" : "upcoming";
    const query = queryOf(merged);
    pick([]);
    go(query ? `${PATH}?${query}` : PATH, { isSame: true });
  };

  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>{texts.bookings}</h1>
        <Exports request={request} />
      </div>
      <div class="list-head">
        <SearchField
          label={texts.search}
          placeholder={texts.searchHint}
          value={filters.q}
          onSearch={(q) => show({ q })}
        />
        <FilterFields
          filters={filters}
          services={first?.services ?? []}
          resources={first?.resources ?? []}
          onChange={show}
          onClear={() => {
            pick([]);
            go(filters.q ? `${PATH}?${new URLSearchParams({ q: filters.q })}` : PATH);
          }}
        />
      </div>
      {first && (first.to_approve > 0 || isOfRequests) && (
        <p>
          <button
            type="button"
            class="secondary to-approve"
            aria-pressed={isOfRequests}
            onClick={() =>
              show(
                isOfRequests
                  ? { status: "", when: "upcoming" }
                  : { status: REQUESTED, when: "all" },
              )
            }
          >
            {answers.toApproveCount(first.to_approve)}
          </button>
        </p>
      )}
      {failure && <p role="alert">{failure}</p>}
      <p class="list-count quiet" role="status">
        {parts && texts.found(found.length, hasMore)}
        {first && ` · ${texts.timesIn(first.time_zone)}`}
      </p>
      {parts && found.length === 0 && (
        <p>{filters.q || isFiltered(filters) ? texts.none : texts.noneYet}</p>
      )}
      {found.length > 0 && first && (
        <BookingRows
          bookings={found}
          zone={first.time_zone}
          order={orderOf(filters)}
          picked={picked}
          onPick={canWrite ? pick : null}
        />
      )}
      {hasMore && (
        <div class="buttons">
          <button type="button" class="secondary" disabled={isReading} onClick={more}>
            {texts.showMore}
          </button>
        </div>
      )}
      {canWrite && (
        <BulkBar
          chosen={chosen}
          onClear={() => pick([])}
          onDone={(left) => {
            pick(left);
            reload();
          }}
        />
      )}
    </>
  );
}
