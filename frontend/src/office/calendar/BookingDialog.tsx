import { useState } from "react";
import * as answers from "../bookings/answerTexts";
import { DeclineForm } from "../bookings/DeclineForm";
import { addressOf } from "../shell/router";
import { type Actions, problemOf } from "./actions";
import { Dialog } from "./Dialog";
import { Labelled, valuesOf } from "./fields";
import { type FormSurroundings, fieldErrors, GuestFields, PersonField } from "./formFields";
import type { Block } from "./layout";
import { RequestButtons } from "./RequestButtons";
import { keyOf } from "./schedule";
import * as texts from "./texts";
import { clockOf, instantOf, MINUTE } from "./time";
import type { Column, Entry } from "./wire";

interface BookingDialogProps {
  around: FormSurroundings;
  actions: Actions;
  block: Block;
  column: Column;
  canWrite: boolean;
  onBookOver(entry: Entry): void;
  onClose(): void;
}

/**
 * The dialog about a block, with what can be done with its booking. For a class it first lists the
 * people.
 */
export function BookingDialog(props: BookingDialogProps) {
  const { around, block, column, canWrite, onClose } = props;
  const [chosen, choose] = useState<Entry | null>(block.isClass ? null : block.entries[0]);
  const { words } = around;
  if (chosen) {
    return (
      <OneBooking
        {...props}
        // If others have changed the booking meanwhile, its present state is shown.
        entry={around.schedule.find(chosen.id) ?? chosen}
        onBack={block.isClass ? () => choose(null) : null}
      />
    );
  }
  const [first] = block.entries;
  return (
    <Dialog title={words.blockTitle(block, column.time_zone)} onClose={onClose}>
      <p>{words.place(column, block.starts, block.ends)}</p>
      <p class="quiet">{words.blockDetail(block)}</p>
      <ul class="cal-people">
        {block.entries.map((entry) => (
          <li key={entry.id}>
            <button type="button" class="secondary" onClick={() => choose(entry)}>
              <bdi>{words.title(entry, column.time_zone)}</bdi>
              {words.status(entry) && <small>{words.status(entry)}</small>}
            </button>
          </li>
        ))}
      </ul>
      {canWrite && (
        <div class="cal-buttons">
          <button type="button" class="primary" onClick={() => props.onBookOver(first)}>
            {texts.newBooking}
          </button>
        </div>
      )}
    </Dialog>
  );
}

type Mode = "look" | "time" | "details" | "decline";

interface OneBookingProps extends BookingDialogProps {
  entry: Entry;
  onBack: (() => void) | null;
}

function OneBooking(props: OneBookingProps) {
  const { around, column, entry, canWrite, onBack, onClose } = props;
  const [mode, setMode] = useState<Mode>("look");
  const { words } = around;
  const status = words.status(entry);
  return (
    <Dialog title={words.title(entry, column.time_zone)} onClose={onClose}>
      <p>
        {words.times.dayAndMonth(column.day)}, {words.place(column, entry.starts_at, entry.ends_at)}
      </p>
      <p class="quiet">
        <bdi>{words.serviceName(entry.service_id)}</bdi>
        {status && ` · ${status}`}
        {entry.reference && entry.kind === "booking" && ` · ${entry.reference}`}
      </p>
      {entry.answer_until && (
        <p>
          {answers.answerUntil(
            words.times.longSpan(entry.answer_until, entry.answer_until, column.time_zone),
          )}
        </p>
      )}
      {entry.kind === "hold" && <p>{texts.visitorChooses}</p>}
      {entry.kind === "checkout" && <p>{texts.visitorBooks}</p>}
      {mode === "look" && <Contact entry={entry} />}
      {mode === "time" && <TimeForm {...props} onDone={() => setMode("look")} />}
      {mode === "details" && <DetailsForm {...props} onDone={() => setMode("look")} />}
      {mode === "decline" && (
        <DeclineForm
          onDecline={async (reason) => {
            await around.api.decline(entry.reference ?? "", reason);
            around.tell(answers.declined(entry.customer?.name ?? ""));
            onClose();
          }}
          onBack={() => setMode("look")}
        />
      )}
      {mode === "look" && entry.kind === "booking" && around.canSeeBookings && (
        <p>
          <a href={addressOf(`/bookings/${entry.reference}`)}>{texts.wholeHistory}</a>
        </p>
      )}
      {canWrite && mode === "look" && <Buttons {...props} setMode={setMode} />}
      {onBack && mode === "look" && (
        <button type="button" class="quiet-button" onClick={onBack}>
          {texts.back}
        </button>
      )}
    </Dialog>
  );
}

function Contact({ entry: { customer, notes } }: { entry: Entry }) {
  if (!customer) return null;
  return (
    <dl class="cal-contact">
      {customer.phone && (
        <div>
          <dt>{texts.phone}</dt>
          <dd>
            <a href={`tel:${customer.phone.replace(/[^+\d]/g, "")}`}>
              <bdi>{customer.phone}</bdi>
            </a>
          </dd>
        </div>
      )}
      {customer.email && (
        <div>
          <dt>{texts.email}</dt>
          <dd>
            <a href={`mailto:${encodeURIComponent(customer.email)}`}>
              <bdi>{customer.email}</bdi>
            </a>
          </dd>
        </div>
      )}
      {notes && (
        <div>
          <dt>{texts.notes}</dt>
          <dd class="cal-notes" dir="auto">
            {notes}
          </dd>
        </div>
      )}
    </dl>
  );
}

interface ButtonsProps extends OneBookingProps {
  setMode(mode: Mode): void;
}

function Buttons({ around, actions, entry, onBookOver, onClose, setMode }: ButtonsProps) {
  const closeAfter = (work: Promise<void>) => {
    onClose();
    return work;
  };
  if (entry.kind === "hold") {
    return (
      <div class="cal-buttons">
        <button type="button" class="secondary" onClick={() => onBookOver(entry)}>
          {texts.bookOver}
        </button>
      </div>
    );
  }
  if (entry.kind === "checkout") {
    return (
      <div class="cal-buttons">
        <button
          type="button"
          class="secondary danger"
          onClick={() => closeAfter(actions.end(entry, "cancel"))}
        >
          {texts.endCheckout}
        </button>
      </div>
    );
  }
  if (entry.status === "requested") {
    return (
      <RequestButtons onApprove={() => closeAfter(actions.approve(entry))} setMode={setMode} />
    );
  }
  const isOver = entry.status !== "confirmed";
  const hasBegun = Date.parse(entry.starts_at) <= around.words.now();
  return (
    <div class="cal-buttons">
      {!isOver && (
        <button type="button" class="secondary" onClick={() => setMode("time")}>
          {texts.changeTime}
        </button>
      )}
      <button type="button" class="secondary" onClick={() => setMode("details")}>
        {texts.editDetails}
      </button>
      {!isOver && hasBegun && (
        <>
          <button
            type="button"
            class="secondary"
            onClick={() => closeAfter(actions.end(entry, "complete"))}
          >
            {texts.complete}
          </button>
          <button
            type="button"
            class="secondary"
            onClick={() => closeAfter(actions.end(entry, "no-show"))}
          >
            {texts.didNotCome}
          </button>
        </>
      )}
      {isOver ? (
        <button type="button" class="secondary" onClick={() => closeAfter(actions.reopen(entry))}>
          {texts.reopen}
        </button>
      ) : (
        <button
          type="button"
          class="secondary danger"
          onClick={() => closeAfter(actions.end(entry, "cancel"))}
        >
          {texts.cancelBooking}
        </button>
      )}
    </div>
  );
}

interface FormProps extends OneBookingProps {
  onDone(): void;
}

/** The form that moves a booking without dragging. */
function TimeForm({ around, actions, column, entry, onClose, onDone }: FormProps) {
  const { schedule } = around;
  const [resource, setResource] = useState(entry.resource_id);
  const [problem, setProblem] = useState<string | null>(null);
  const zone = column.time_zone;
  const minutes = (Date.parse(entry.ends_at) - Date.parse(entry.starts_at)) / MINUTE;

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const values = valuesOf(event.currentTarget as HTMLFormElement);
    const day = values.day ?? column.day;
    const known = schedule.column(keyOf(resource, day));
    const target = known ?? (await around.readColumn(resource, day));
    const start = target && instantOf(target, values.from ?? "");
    if (!start) return setProblem(texts.noSuchTime);
    const end = new Date(Date.parse(start) + Number(values.minutes) * MINUTE).toISOString();
    onClose();
    await actions.move(entry, { resource_id: resource, starts_at: start, ends_at: end });
  };

  return (
    <form class="cal-form" onSubmit={save}>
      <div class="cal-row">
        <PersonField around={around} value={resource} onChange={setResource} />
        <Labelled label={texts.day}>
          {(field) => (
            <input {...field} type="date" name="day" required defaultValue={column.day} />
          )}
        </Labelled>
      </div>
      <div class="cal-row">
        <Labelled label={texts.from}>
          {(field) => (
            <input
              {...field}
              type="time"
              name="from"
              required
              defaultValue={clockOf(entry.starts_at, zone)}
            />
          )}
        </Labelled>
        <Labelled label={texts.minutes}>
          {(field) => (
            <input
              {...field}
              type="number"
              name="minutes"
              min={1}
              max={1440}
              required
              defaultValue={String(minutes)}
            />
          )}
        </Labelled>
      </div>
      {problem && (
        <p class="cal-error" role="alert">
          {problem}
        </p>
      )}
      <FormButtons onDone={onDone} />
    </form>
  );
}

function DetailsForm({ around, entry, onDone }: FormProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const values = valuesOf(event.currentTarget as HTMLFormElement);
    const { name = "", email = "", phone = "", notes = "" } = values;
    const customer = { name: name.trim(), email: email.trim(), phone: phone.trim() };
    try {
      await around.api.change(entry.reference ?? "", { customer, notes }, []);
      around.tell(texts.changed);
      onDone();
    } catch (error) {
      setErrors(fieldErrors(error));
      setProblem(problemOf(error));
    }
  };
  const kept = { ...entry.customer, notes: entry.notes };
  return (
    <form class="cal-form" onSubmit={save}>
      <GuestFields kept={kept} errors={errors} />
      {problem && (
        <p class="cal-error" role="alert">
          {problem}
        </p>
      )}
      <FormButtons onDone={onDone} />
    </form>
  );
}

function FormButtons({ onDone }: { onDone(): void }) {
  return (
    <div class="cal-buttons">
      <button type="submit" class="primary">
        {texts.save}
      </button>
      <button type="button" class="secondary" onClick={onDone}>
        {texts.back}
      </button>
    </div>
  );
}
