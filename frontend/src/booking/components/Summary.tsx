import type { ComponentChildren } from "preact";
import { useState } from "react";
import { BASE } from "../../core/base";
import type { Business, Resource, Service } from "../../core/wire";
import { duration, priceOf } from "../format/format";
import { zoneInWords } from "../format/zones";
import type { Zones } from "../hooks/useZones";
import { endOf } from "../offer/slots";
import { linkTo } from "../route";
import { fill, isolated, texts } from "../texts";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { MyBookingsLink } from "./MyBookingsLink";
import { Picture } from "./Picture";
import { Place } from "./Place";
import { When } from "./When";

/** For each question that can be answered again, a function that goes back to it. */
export type Changes = { [step in "service" | "staff" | "time"]?: (() => void) | undefined };

interface SummaryProps {
  business: Business;
  service: Service | undefined;
  resource: Resource | undefined;
  /** The time that is being booked, or null before one is chosen. */
  startsAt: string | null;
  zones: Zones;
  onBack: (() => void) | null;
  changes?: Changes;
  /**
   * Whether this is the page of the visitor's own bookings. There a link leads to a new booking.
   */
  isMine?: boolean;
}

/** The business, and what is being booked as far as it is known. */
export function Summary(props: SummaryProps) {
  const { business, service, onBack, isMine } = props;
  const { logo, picture } = business.appearance;
  const [isLogoMissing, missLogo] = useState(false);
  const price = service && priceOf(service, business);
  return (
    <aside class="summary" aria-label={texts.summary}>
      <div class="summary-head">
        <button type="button" class="back" disabled={!onBack} onClick={() => onBack?.()}>
          <Icon name="back" />
          <span>{texts.back}</span>
        </button>
        <div class="summary-nav">
          {isMine ? (
            <a class="change" href={linkTo({ step: "service" })}>
              {texts.bookATime}
            </a>
          ) : (
            business.can_sign_in && <MyBookingsLink />
          )}
        </div>
        <span class="logo" aria-hidden="true">
          {logo && !isLogoMissing ? (
            <Picture of={logo} onMissing={() => missLogo(true)} />
          ) : (
            [...business.name][0]
          )}
        </span>
        <h1>
          <bdi lang={business.languages.name}>{business.name}</bdi>
        </h1>
        {service && (
          <p class="summary-line" aria-hidden="true">
            <span>{isolated(service.name)}</span>
            {[duration(service.duration), price].map((each) => each && <b key={each}> · {each}</b>)}
          </p>
        )}
      </div>
      {picture && (
        <img
          class="business-picture"
          src={`${BASE}/pictures/${picture.name}`}
          alt=""
          loading="lazy"
        />
      )}
      {service ? (
        <Chosen {...props} service={service} price={price ?? null} />
      ) : (
        <Contact business={business} />
      )}
    </aside>
  );
}

/** The address and telephone number of the business. They are shown while nothing is chosen. */
const Contact = ({ business: { place, phone, languages } }: { business: Business }) =>
  (place || phone) && (
    <div class="summary-body">
      <ul class="facts">
        <Place kind="address" place={place} lang={languages.place} />
        {phone && (
          <li>
            <Icon name="phone" />
            <span>
              <a class="change" href={`tel:${phone}`}>
                <bdi>{phone}</bdi>
              </a>
            </span>
          </li>
        )}
      </ul>
    </div>
  );

type ChosenProps = SummaryProps & { service: Service; price: string | null };

function Chosen(props: ChosenProps) {
  const { service, resource, price, startsAt, zones, changes = {} } = props;
  const change = (what: keyof Changes) =>
    changes[what] && (
      <button
        type="button"
        class="change"
        aria-label={texts.changeWhat[what]}
        onClick={changes[what]}
      >
        {texts.change}
      </button>
    );
  const fact = (icon: ComponentChildren, text: ComponentChildren) => (
    <li>
      {icon}
      <span>{text}</span>
    </li>
  );
  return (
    <div class="summary-body">
      <div class="summary-row">
        <p class="summary-service">
          <bdi lang={service.languages.name}>{service.name}</bdi>
        </p>
        {change("service")}
      </div>
      {service.description && (
        <p class="summary-about">
          <bdi lang={service.languages.description}>{service.description}</bdi>
        </p>
      )}
      <ul class="facts">
        {fact(<Icon name="clock" />, duration(service.duration))}
        {price && fact(<Icon name="tag" />, price)}
        {resource && (
          <li>
            <Avatar resource={resource} />
            <span>{fill(texts.named[resource.kind], { name: resource.name })}</span>
            {change("staff")}
          </li>
        )}
        <Place kind={service.place_kind} place={service.place} lang={service.languages.place} />
        {!startsAt && fact(<Icon name="globe" />, zoneInWords(zones.shown))}
      </ul>
      {startsAt && (
        <div class="summary-when">
          <div>
            <When
              starts_at={startsAt}
              ends_at={endOf(startsAt, service)}
              timeZone={zones.shown}
              otherZones={[zones.days]}
            />
          </div>
          {change("time")}
        </div>
      )}
      {!startsAt && <p class="summary-foot">{notice(service)}</p>}
    </div>
  );
}

/** Says how long before its start a booking can be changed. */
function notice({ move_notice: move, cancel_notice: cancel }: Service): string {
  const describeDeadline = (minutes: number, anytime: string, before: string) =>
    minutes === 0 ? anytime : fill(before, { notice: duration(minutes) });
  if (move === cancel) return describeDeadline(move, texts.changeAnytime, texts.changeBefore);
  return [
    describeDeadline(move, texts.moveAnytime, texts.moveBefore),
    describeDeadline(cancel, texts.cancelAnytime, texts.cancelBefore),
  ].join(" ");
}
