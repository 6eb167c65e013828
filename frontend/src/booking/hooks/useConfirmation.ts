import { useState } from "react";
import { Problem } from "../../api/problem";
import type { Customer, NewBooking, Order, Reader } from "../../core/wire";
import { FIELDS, type FieldFault } from "../customerFields";
import { readerOf } from "../format/reader";
import { usePageServices } from "../pageServices";

/**
 * A booking that was made in this tab, with its customer and the zone in which its time was chosen.
 */
export type Booked = NewBooking & { timeZone: string; customer: Customer };

/** A request to book. It is kept, also during reloads, until its outcome is known. */
interface Sent extends Order {
  startsAt: string;
  checkoutId: string;
  reader: Reader;
}

export type Confirmation =
  | { kind: "editing"; wrong: readonly FieldFault[]; failure: string | null }
  | { kind: "sending"; sent: Sent }
  /** No answer came. Only the same request, sent again, shows the outcome. */
  | { kind: "unsure"; sent: Sent };

const editing: Confirmation = { kind: "editing", wrong: [], failure: null };

/** Sends the booking. `explain` returns what the server finds wrong besides the customer's data. */
export function useConfirmation(
  startsAt: string,
  timeZone: string,
  explain: (problem: Problem, order: Order) => FieldFault[],
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
      const { checkoutId, startsAt: _, reader, ...order } = sent;
      const booking = await api.book(checkoutId, order, reader);
      tabStorage.remove("sent");
      tabStorage.remove("customer");
      tabStorage.remove("answers");
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
      // The booking is made even if the server doesn't know the language or the zone.
      if (error.isOnlyAbout("language", "time_zone")) {
        await send({ ...sent, reader: {} });
        return;
      }
      setState(stateAfterRefusal(error, sent.customer, explain(error, sent)));
      if (error.status === 409) keeper.lose(error);
    }
  };

  return {
    confirmation: state,
    /** Sends the order, unless the page itself has found something `wrong` with it. */
    confirm(checkoutId: string, order: Order, wrong: readonly FieldFault[]) {
      if (wrong.length > 0) setState({ kind: "editing", wrong, failure: null });
      else void send({ ...order, startsAt, checkoutId, reader: readerOf() });
    },
    tryAgain() {
      if (state.kind === "unsure") void send(state.sent);
    },
  };
}

function stateAfterRefusal(
  problem: Problem,
  customer: Customer,
  others: readonly FieldFault[],
): Confirmation {
  const wrong = FIELDS.flatMap((field): FieldFault[] => {
    const error = problem.errors.find((each) => each.field === `customer.${field}`);
    return error ? [{ field, code: error.code, text: customer[field] ?? "" }] : [];
  }).concat(others);
  const isExplained = wrong.length > 0 || problem.status === 409;
  return { kind: "editing", wrong, failure: isExplained ? null : problem.code };
}
