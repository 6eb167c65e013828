import { useId, useState } from "react";
import * as texts from "./texts";
import { useSuggestions } from "./useSuggestions";
import type { Customer } from "./wire";

interface CustomerComboboxProps {
  id: string;
  name: string;
  describedBy?: string | undefined;
  isInvalid?: boolean;
  isRequired?: boolean;
  value: string;
  /** The id of a customer who isn't suggested. */
  except?: string;
  onInput(typed: string): void;
  onChoose(customer: Customer): void;
}

/** A field that finds a customer while the user types: a combobox with a list below it. */
export function CustomerCombobox(props: CustomerComboboxProps) {
  const { id, value, except, onInput, onChoose } = props;
  const list = useId();
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const found = useSuggestions(isOpen ? value : "").filter((each) => each.id !== except);
  const isShown = isOpen && found.length > 0;
  const current = isShown ? found[active] : undefined;

  const choose = (customer: Customer) => {
    setOpen(false);
    setActive(-1);
    onChoose(customer);
  };
  const onKey = (event: KeyboardEvent) => {
    if (!isShown) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      // The arrow keys go through the customers and the field itself.
      const places = found.length + 1;
      setActive(((active + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && current) {
      choose(current);
    } else if (event.key === "Escape") {
      setOpen(false);
      // Escape must not close a dialog around the field.
      event.stopPropagation();
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div class="combobox">
      <input
        id={id}
        name={props.name}
        type="text"
        list={undefined}
        // biome-ignore lint/a11y/noRedundantRoles: without a datalist its own role is textbox.
        role="combobox"
        required={props.isRequired}
        maxLength={200}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        value={value}
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={list}
        aria-activedescendant={current ? `${list}-${active}` : undefined}
        aria-describedby={props.describedBy}
        aria-invalid={props.isInvalid ? true : undefined}
        onKeyDown={onKey}
        onInput={(event) => {
          setOpen(true);
          setActive(-1);
          onInput(event.currentTarget.value);
        }}
        onBlur={() => setOpen(false)}
      />
      <div id={list} role="listbox" aria-label={texts.customers} hidden={!isShown}>
        {found.map((customer, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field.
          // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are those of the field.
          <div
            key={customer.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(customer)}
          >
            <bdi>{customer.name}</bdi>
            <span class="quiet">
              <bdi>{[customer.email, customer.phone].filter(Boolean).join(" · ")}</bdi>
            </span>
          </div>
        ))}
      </div>
      <p class="visually-hidden" role="status">
        {isShown ? texts.suggestions(found.length) : ""}
      </p>
    </div>
  );
}
