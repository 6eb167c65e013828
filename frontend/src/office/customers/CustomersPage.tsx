import { useEffect, useState } from "react";
import { momentIn } from "../components/moment";
import { SearchField } from "../components/SearchField";
import { Select } from "../components/Select";
import { usePages } from "../components/usePages";
import { useUser } from "../shell/office";
import { addressOf, go, type Place } from "../shell/router";
import { CustomerPage } from "./CustomerPage";
import { ImportDialog } from "./ImportDialog";
import { rememberCustomers } from "./lastList";
import * as texts from "./texts";
import type { Customer, CustomersPart } from "./wire";

const PATH = "/customers";
type Order = keyof typeof texts.orders;

/** The page with the list of customers, or with one of them. */
export function CustomersPage({ place }: { place: Place }) {
  const id = place.path.slice(PATH.length + 1);
  if (id) return <CustomerPage key={id} id={id} />;
  return <CustomerList place={place} />;
}

function CustomerList({ place }: { place: Place }) {
  const { user } = useUser();
  const q = place.query.get("q") ?? "";
  const chosen = place.query.get("order") ?? "";
  const order: Order = chosen in texts.orders ? (chosen as Order) : "name";
  const [isImporting, setImporting] = useState(false);
  const request = new URLSearchParams({ sort: order, ...(q && { q }) });
  const { parts, failure, hasMore, isReading, more, reload } = usePages<CustomersPart>(
    `/customers?${request}`,
    (part) => part.customers.length,
  );
  useEffect(() => rememberCustomers(place.query.toString()), [place]);
  const found = parts?.flatMap((part) => part.customers) ?? [];
  const show = (next: { q?: string; order?: string }) => {
    const query = new URLSearchParams();
    const merged = { q, order, ...next };
    if (merged.q) query.set("q", merged.q);
    if (merged.order !== "name") query.set("order", merged.order);
    go(query.size ? `${PATH}?${query}` : PATH, { isSame: true });
  };
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>{texts.customers}</h1>
        {user.scopes.includes("customers:write") && (
          <button type="button" class="secondary" onClick={() => setImporting(true)}>
            {texts.bringIn}
          </button>
        )}
      </div>
      <div class="list-head">
        <SearchField
          label={texts.search}
          placeholder={texts.searchHint}
          value={q}
          onSearch={(typed) => show({ q: typed })}
        />
        <div class="filters">
          <Select
            name="order"
            label={texts.order}
            value={order}
            options={Object.entries(texts.orders).map(([value, text]) => ({ value, text }))}
            onChange={(value) => show({ order: value })}
          />
        </div>
      </div>
      {failure && <p role="alert">{failure}</p>}
      <p class="list-count quiet" role="status">
        {parts && texts.found(found.length, hasMore)}
      </p>
      {parts && found.length === 0 && <p>{q ? texts.none : texts.noneYet}</p>}
      {found.length > 0 && (
        <ul class="rows card-rows">
          {found.map((customer) => (
            <Row key={customer.id} customer={customer} zone={parts?.[0]?.time_zone ?? "UTC"} />
          ))}
        </ul>
      )}
      {hasMore && (
        <div class="buttons">
          <button type="button" class="secondary" disabled={isReading} onClick={more}>
            {texts.showMore}
          </button>
        </div>
      )}
      {isImporting && (
        <ImportDialog
          onClose={(isChanged) => {
            setImporting(false);
            if (isChanged) reload();
          }}
        />
      )}
    </>
  );
}

function Row({ customer, zone }: { customer: Customer; zone: string }) {
  const { id, name, email, phone, next_visit, last_visit } = customer;
  return (
    <li class="customer-row">
      <a class="customer-link" href={addressOf(`${PATH}/${id}`)}>
        <span class="booking-who">
          <bdi>{name}</bdi>
          <span class="quiet">
            {email && <bdi class="address">{email}</bdi>}
            {email && phone && " · "}
            {phone && <bdi class="address">{phone}</bdi>}
          </span>
        </span>
        <span class="quiet">{texts.counts(customer)}</span>
        <span class="quiet">
          {next_visit
            ? texts.nextVisit(momentIn(next_visit, zone))
            : last_visit
              ? texts.lastVisit(momentIn(last_visit, zone))
              : texts.neverHere}
        </span>
      </a>
    </li>
  );
}
