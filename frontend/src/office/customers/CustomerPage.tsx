import { useLayoutEffect, useRef, useState } from "react";
import { BASE } from "../../core/base";
import { BookingRows } from "../bookings/BookingRows";
import type { BookingsPart } from "../bookings/wire";
import { momentIn } from "../components/moment";
import { useLoaded } from "../components/useLoaded";
import { usePages } from "../components/usePages";
import { useUser } from "../shell/office";
import { addressOf, go } from "../shell/router";
import { EraseDialog } from "./EraseDialog";
import { lastCustomers } from "./lastList";
import { MergeDialog } from "./MergeDialog";
import { Notes } from "./Notes";
import * as texts from "./texts";
import type { CustomerFile } from "./wire";

/** The page of one customer: how to reach them, their bookings, and the notes about them. */
export function CustomerPage({ id }: { id: string }) {
  const { answer, failure, reload } = useLoaded<CustomerFile>(
    `/customers/${encodeURIComponent(id)}`,
  );
  const heading = useRef<HTMLHeadingElement>(null);
  const isKnown = answer !== null;
  useLayoutEffect(() => {
    if (isKnown) heading.current?.focus();
  }, [isKnown]);
  return (
    <>
      <p>
        <a href={addressOf(lastCustomers())}>{texts.customers}</a>
      </p>
      {failure && <p role="alert">{failure}</p>}
      {answer && (
        <>
          <div class="page-head">
            <h1 ref={heading} tabIndex={-1}>
              <bdi>{answer.customer.name}</bdi>
            </h1>
            <Actions file={answer} />
          </div>
          <Facts file={answer} />
          <Notes file={answer} onChanged={reload} />
          <Bookings id={id} />
        </>
      )}
    </>
  );
}

function Facts({ file: { customer, names, time_zone: zone } }: { file: CustomerFile }) {
  const others = names.filter((name) => name !== customer.name);
  const { email, phone, next_visit, last_visit } = customer;
  return (
    <div class="card">
      <dl class="facts">
        {email && (
          <div class="fact">
            <dt>{texts.email}</dt>
            <dd>
              <a href={`mailto:${encodeURIComponent(email)}`}>
                <bdi>{email}</bdi>
              </a>
            </dd>
          </div>
        )}
        {phone && (
          <div class="fact">
            <dt>{texts.phone}</dt>
            <dd>
              <a href={`tel:${phone.replace(/[^+\d]/g, "")}`}>
                <bdi>{phone}</bdi>
              </a>
            </dd>
          </div>
        )}
        <div class="fact">
          <dt>{texts.bookings}</dt>
          <dd>{texts.counts(customer)}</dd>
        </div>
      </dl>
      <p class="quiet">
        {[
          next_visit && texts.nextVisit(momentIn(next_visit, zone)),
          last_visit ? texts.lastVisit(momentIn(last_visit, zone)) : texts.neverHere,
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {others.length > 0 && (
        <p class="quiet">
          <bdi>{texts.alsoCalled(others.join(", "))}</bdi>
        </p>
      )}
    </div>
  );
}

function Actions({ file }: { file: CustomerFile }) {
  const { user } = useUser();
  const [open, setOpen] = useState<"erase" | "merge" | null>(null);
  const { customer } = file;
  if (!user.scopes.includes("customers:write")) return null;
  return (
    <>
      <p class="row-buttons">
        <a
          class="quiet-button"
          href={`${BASE}/api/v1/admin/customers/${customer.id}/export`}
          download
        >
          {texts.exportFile}
        </a>
        <button type="button" class="quiet-button" onClick={() => setOpen("merge")}>
          {texts.merge}
        </button>
        <button type="button" class="quiet-button danger" onClick={() => setOpen("erase")}>
          {texts.erase}
        </button>
      </p>
      {open === "erase" && (
        <EraseDialog
          file={file}
          onClose={() => setOpen(null)}
          onErased={() => go(lastCustomers(), { isSame: true })}
        />
      )}
      {open === "merge" && (
        <MergeDialog
          customer={customer}
          onClose={() => setOpen(null)}
          onMerged={(into) => go(`/customers/${into}`, { isSame: true })}
        />
      )}
    </>
  );
}

function Bookings({ id }: { id: string }) {
  const { parts, failure, hasMore, isReading, more } = usePages<BookingsPart>(
    `/bookings?customer=${encodeURIComponent(id)}&sort=-start`,
    (part) => part.bookings.length,
  );
  const found = parts?.flatMap((part) => part.bookings) ?? [];
  const zone = parts?.[0]?.time_zone;
  return (
    <section class="list-section">
      <h2>{texts.bookings}</h2>
      {failure && <p role="alert">{failure}</p>}
      {parts && found.length === 0 && <p class="quiet">{texts.noBookings}</p>}
      {zone && found.length > 0 && (
        <BookingRows bookings={found} zone={zone} order="-made" picked={[]} onPick={null} />
      )}
      {hasMore && (
        <div class="buttons">
          <button type="button" class="secondary" disabled={isReading} onClick={more}>
            {texts.showMore}
          </button>
        </div>
      )}
    </section>
  );
}
