import { dayIn, TimeWriter } from "../calendar/time";
import { addressOf } from "../shell/router";
import type { Order } from "./filters";
import * as texts from "./texts";
import type { Listed } from "./wire";

const times = new TimeWriter(document.documentElement.lang);

/**
 * Returns the name of the booking's customer, or a text in its place. A checkout has no customer
 * yet.
 */
export function nameOf({ customer, status }: Pick<Listed, "customer" | "status">): string {
  const isCheckout = status === "pending" || status === "expired";
  return customer?.name || (isCheckout ? texts.nobody : texts.anonymous);
}

interface BookingRowsProps {
  bookings: readonly Listed[];
  zone: string;
  order: Order;
  picked: readonly string[];
  /** Changes the selection, or null if nothing can be selected. */
  onPick: ((picked: readonly string[]) => void) | null;
}

/** Bookings in rows, under a heading for each day. On a phone each booking is a card. */
export function BookingRows({ bookings, zone, order, picked, onPick }: BookingRowsProps) {
  const all = bookings.map(({ reference }) => reference);
  const isAll = all.length > 0 && all.every((each) => picked.includes(each));
  const days = order === "-made" ? [bookings] : groupByDay(bookings, zone);
  return (
    <div class="booking-list">
      {onPick && (
        <label class="pick-all">
          <input type="checkbox" checked={isAll} onChange={() => onPick(isAll ? [] : all)} />
          <span>{texts.selectAll}</span>
        </label>
      )}
      {days.map((some) => {
        const day = dayIn(Date.parse(some[0]?.starts_at ?? ""), zone);
        return (
          <section key={day} aria-label={order === "-made" ? undefined : times.longDay(day)}>
            {order !== "-made" && <h2 class="list-day">{times.day(day)}</h2>}
            <ul class="rows card-rows">
              {some.map((booking) => (
                <Row
                  key={booking.reference}
                  booking={booking}
                  zone={zone}
                  withDay={order === "-made"}
                  isPicked={picked.includes(booking.reference)}
                  onPick={
                    onPick &&
                    ((isPicked) =>
                      onPick(
                        isPicked
                          ? [...picked, booking.reference]
                          : picked.filter((each) => each !== booking.reference),
                      ))
                  }
                />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

interface RowProps {
  booking: Listed;
  zone: string;
  withDay: boolean;
  isPicked: boolean;
  onPick: ((isPicked: boolean) => void) | null;
}

function Row({ booking, zone, withDay, isPicked, onPick }: RowProps) {
  const { customer, reference } = booking;
  const name = nameOf(booking);
  const day = dayIn(Date.parse(booking.starts_at), zone);
  return (
    <li class="booking-row" data-reference={reference} data-status={booking.status}>
      {onPick && (
        <label class="pick">
          <input
            type="checkbox"
            checked={isPicked}
            aria-label={texts.select(name)}
            onChange={(event) => onPick(event.currentTarget.checked)}
          />
        </label>
      )}
      <a class="booking-link" href={addressOf(`/bookings/${reference}`)}>
        <span class="booking-time">
          {withDay && <span>{times.dayAndMonth(day)} </span>}
          <bdi>{times.span(booking.starts_at, booking.ends_at, zone)}</bdi>
        </span>
        <span class="booking-who">
          <bdi>{name}</bdi>
          <span class="quiet">
            <bdi>{customer?.email || customer?.phone}</bdi>
          </span>
        </span>
        <span class="booking-what">
          <bdi>{booking.service_name}</bdi>
          <span class="quiet">
            <bdi>{booking.resource_name}</bdi>
          </span>
        </span>
        <Status status={booking.status} />
        <span class="booking-number quiet">{reference}</span>
      </a>
    </li>
  );
}

export function Status({ status }: { status: string }) {
  return (
    <span class="status" data-status={status}>
      {texts.statuses[status] ?? status}
    </span>
  );
}

function groupByDay(bookings: readonly Listed[], zone: string): (readonly Listed[])[] {
  const days = new Map<string, Listed[]>();
  for (const booking of bookings) {
    const day = dayIn(Date.parse(booking.starts_at), zone);
    const some = days.get(day);
    if (some) some.push(booking);
    else days.set(day, [booking]);
  }
  return [...days.values()];
}
