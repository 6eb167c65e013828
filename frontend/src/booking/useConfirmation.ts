import { useState } from "react";
import { Problem } from "../api/problem";
import type { Customer, NewBooking } from "../api/wire";
import { useParts } from "./parts";

/** What was sent to be booked; kept until its outcome is known, over reloads as well. */
interface Sent {
  startsAt: string;
  checkoutId: string;
  customer: Customer;
}

export type Field = keyof Customer;

export type Confirmation =
  | { kind: "editing"; wrong: readonly Field[]; failure: string | null }
  | { kind: "sending"; sent: Sent }
  /** No answer came. Only the same request again can tell. */
  | { kind: "unsure"; sent: Sent };

const FIELDS: readonly Field[] = ["name", "email", "phone"];
const editing: Confirmation = { kind: "editing", wrong: [], failure: null };

export function useConfirmation(startsAt: string, onBooked: (booking: NewBooking) => void) {
  const { api, keeper, tabStorage } = useParts();
  const [state, setState] = useState<Confirmation>(() => {
    const sent = tabStorage.read<Sent>("sent");
    return sent?.startsAt === startsAt ? { kind: "unsure", sent } : editing;
  });

  const send = async (sent: Sent) => {
    tabStorage.write("sent", sent);
    setState({ kind: "sending", sent });
    try {
      const booking = await api.book(sent.checkoutId, sent.customer);
      tabStorage.remove("sent");
      tabStorage.remove("customer");
      tabStorage.write("booked", booking);
      keeper.settled();
      onBooked(booking);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.isUnsure) {
        setState({ kind: "unsure", sent });
        return;
      }
      tabStorage.remove("sent");
      setState(afterRefusal(error));
      if (error.status === 409) keeper.lose(error);
    }
  };

  return {
    confirmation: state,
    confirm(checkoutId: string, customer: Customer) {
      const wrong = wrongFields(customer);
      if (wrong.length > 0) setState({ kind: "editing", wrong, failure: null });
      else void send({ startsAt, checkoutId, customer });
    },
    tryAgain() {
      if (state.kind === "unsure") void send(state.sent);
    },
  };
}

function wrongFields(customer: Customer): Field[] {
  const wrong: Field[] = [];
  if (customer.name.trim() === "") wrong.push("name");
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(customer.email.trim())) wrong.push("email");
  return wrong;
}

function afterRefusal(problem: Problem): Confirmation {
  const wrong = FIELDS.filter((field) =>
    problem.errors.some((error) => error.field === `customer.${field}`),
  );
  const isExplained = wrong.length > 0 || problem.status === 409;
  return { kind: "editing", wrong, failure: isExplained ? null : problem.code };
}
