import { useState } from "react";
import { BASE } from "../../core/base";
import { Field } from "../components/Field";
import { Select } from "../components/Select";
import { type Filters, isFiltered, type Order, orderOf, type When } from "./filters";
import * as texts from "./texts";
import type { Named } from "./wire";

interface FilterFieldsProps {
  filters: Filters;
  services: readonly Named[];
  resources: readonly Named[];
  onChange(next: Partial<Filters>): void;
  onClear(): void;
}

const choicesFromWords = (words: Record<string, string>) =>
  Object.entries(words).map(([value, text]) => ({ value, text }));
const choicesFromNames = (things: readonly Named[]) =>
  things.map(({ id, name }) => ({ value: String(id), text: name }));
const ANY = { value: "", text: texts.any };
const { pending: _, expired: __, ...BOOKED } = texts.statuses;

/**
 * The fields that choose which bookings are listed. On a phone only the days are shown at first.
 */
export function FilterFields(props: FilterFieldsProps) {
  const { filters, services, resources, onChange, onClear } = props;
  const [isOpen, setOpen] = useState(isFiltered(filters));
  return (
    <div class="filters" data-open={isOpen}>
      <Select
        name="when"
        label={texts.when}
        value={filters.when}
        options={choicesFromWords(texts.whens)}
        onChange={(when) => onChange({ when: when as When })}
      />
      {filters.when === "days" && (
        <>
          <Field
            name="from"
            label={texts.from}
            type="date"
            value={filters.from}
            isOptional
            onChange={(from) => onChange({ from })}
          />
          <Field
            name="until"
            label={texts.until}
            type="date"
            value={filters.until}
            isOptional
            onChange={(until) => onChange({ until })}
          />
        </>
      )}
      <button
        type="button"
        class="quiet-button filters-button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {texts.filters}
      </button>
      <div class="filters-more">
        <Select
          name="status"
          label={texts.status}
          value={filters.status}
          options={[ANY, ...choicesFromWords(BOOKED)]}
          onChange={(status) => onChange({ status })}
        />
        <Select
          name="service"
          label={texts.service}
          value={filters.service}
          options={[ANY, ...choicesFromNames(services)]}
          onChange={(service) => onChange({ service })}
        />
        {resources.length > 1 && (
          <Select
            name="resource"
            label={texts.resource}
            value={filters.resource}
            options={[ANY, ...choicesFromNames(resources)]}
            onChange={(resource) => onChange({ resource })}
          />
        )}
        <Select
          name="source"
          label={texts.source}
          value={filters.source}
          options={[ANY, ...choicesFromWords(texts.sources)]}
          onChange={(source) => onChange({ source })}
        />
        <Select
          name="order"
          label={texts.order}
          value={orderOf(filters)}
          options={choicesFromWords(texts.orders)}
          onChange={(order) => onChange({ order: order as Order })}
        />
        {isFiltered(filters) && (
          <button type="button" class="quiet-button" onClick={onClear}>
            {texts.clearFilters}
          </button>
        )}
      </div>
    </div>
  );
}

/** The links that save the list as a file. */
export function Exports({ request }: { request: string }) {
  const address = (format: string) =>
    `${BASE}/api/v1/admin/bookings/export?${request}&format=${format}`;
  return (
    <p class="row-buttons">
      <a class="quiet-button" href={address("csv")} download>
        {texts.csvFile}
      </a>
      <a class="quiet-button" href={address("json")} download>
        {texts.jsonFile}
      </a>
    </p>
  );
}
