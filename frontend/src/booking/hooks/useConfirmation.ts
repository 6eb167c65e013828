import { useState } from "react";
import { Problem } from "../../api/problem";
import type { Customer, CustomerFields, NewBooking, Reader } from "../../core/wire";
import { FIELDS, type FieldFault, faultsIn } from "../customerFields";
import { readerOf } from "../format/reader";
import { usePageServices } from "../pageServices";

/** A booking made in this tab: by whom, and the zone in which its time was chosen. */
export type Booked = NewBooking & { timeZone: string; customer: Customer };

/** What was sent to be booked; kept until its outcome is known, also during reloads. */
interface Sent {
  startsAt: string;
  checkoutId: string;
  customer: Customer;
  reader: Reader;
}

export type Confirmation =
  | { kind: "editing"; wrong: readonly FieldFault[]; failure: string | null }
  | { kind: "sending"; sent: Sent }
  /** No answer came. Only the same request, sent again, shows the outcome. */
  | { kind: "unsure"; sent: Sent };

const editing: Confirmation = { kind: "editing", wrong: [], failure: null };

export function useConfirmation(
  startsAt: string,
  timeZone: string,
  rules: CustomerFields,
  onBooked: (booking: NewBooking) => void,
) {
  const { api, keeper, tabStorage } = usePageServices();
  const [state, setState] = useState<Confirmation>(() => {
    const sent = tabStorage.read<Sent>("sent");
    return sent?.startsAt === startsAt ? { kind: "unsure", sent } : editing;
  });

  const send = async (sent: Sent) => {
    tabStorage.write("sent", sent);
    setState({ kind: "sending", sent });
    try {
      const booking = await api.book(sent.checkoutId, sent.customer, sent.reader);
      tabStorage.remove("sent");
      tabStorage.remove("customer");
      tabStorage.write("booked", {
        ...booking,
        timeZone,
        customer: sent.customer,
      } satisfies Booked);
      keeper.forgetBookedClaim();
      onBooked(booking);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.isOutcomeUnknown) {
        setState({ kind: "unsure", sent });
        return;
      }
      tabStorage.remove("sent");
      // A language or zone that the server doesn't know is no reason not to book.
      if (error.isOnlyAbout("language", "time_zone")) {
        await send({ ...sent, reader: {} });
        return;
      }
      setState(afterRefusal(error, sent.customer));
      if (error.status === 409) keeper.lose(error);
    }
  };

  return {
    confirmation: state,
    confirm(checkoutId: string, customer: Customer) {
      const wrong = faultsIn({ phone: "", ...customer }, rules);
      if (wrong.length > 0) setState({ kind: "editing", wrong, failure: null });
      else void send({ startsAt, checkoutId, customer, reader: readerOf() });
    },
    tryAgain() {
      if (state.kind === "unsure") void send(state.sent);
    },
  };
}

function afterRefusal(problem: Problem, customer: Customer): Confirmation {
  const wrong = FIELDS.flatMap((field) => {
    const error = problem.errors.find((each) => each.field === `customer.${field}`);
    return error ? [{ field, code: error.code, text: customer[field] ?? "" }] : [];
  });
  const isExplained = wrong.length > 0 || problem.status === 409;
  return { kind: "editing", wrong, failure: isExplained ? null : problem.code };
}
