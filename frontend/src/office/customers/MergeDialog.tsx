import { useId, useState } from "react";
import { Dialog } from "../components/Dialog";
import { useAction } from "../components/useAction";
import { useOfficeApi } from "../shell/office";
import { CustomerCombobox } from "./CustomerCombobox";
import * as texts from "./texts";
import type { Customer } from "./wire";

interface MergeDialogProps {
  customer: Customer;
  onClose(): void;
  onMerged(into: string): void;
}

/** The dialog that merges two customers, after it has said what that changes. */
export function MergeDialog({ customer, onClose, onMerged }: MergeDialogProps) {
  const api = useOfficeApi();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [target, setTarget] = useState<Customer | null>(null);
  const merging = useAction(async () => {
    if (!target) return;
    await api.change("POST", `/customers/${customer.id}/merge`, { into: target.id });
    onMerged(target.id);
  });
  return (
    <Dialog title={texts.mergeTitle(customer.name)} onClose={onClose}>
      <div class="field">
        <label for={id}>{texts.mergeWith}</label>
        <CustomerCombobox
          id={id}
          name="into"
          describedBy={`${id}-hint`}
          value={typed}
          except={customer.id}
          onInput={(text) => {
            setTyped(text);
            setTarget(null);
          }}
          onChoose={(chosen) => {
            setTyped(chosen.name);
            setTarget(chosen);
          }}
        />
        <p class="hint" id={`${id}-hint`}>
          {texts.mergeHint}
        </p>
      </div>
      <div role="status">{target && <Changes customer={customer} target={target} />}</div>
      {merging.failure && <p role="alert">{merging.failure}</p>}
      <div class="buttons">
        <button
          type="button"
          class="primary"
          disabled={!target || merging.isRunning}
          onClick={() => merging.run()}
        >
          {texts.mergeNow}
        </button>
        <button type="button" class="secondary" onClick={onClose}>
          {texts.leave}
        </button>
      </div>
    </Dialog>
  );
}

function Changes({ customer, target }: { customer: Customer; target: Customer }) {
  const contact = target.email || target.phone;
  return (
    <ul class="losses">
      <li>{texts.mergeChanges(customer.booked, `${target.name} (${contact})`)}</li>
      {target.email && <li>{texts.mergeContact(target.email)}</li>}
      {customer.email && target.email && <li>{texts.mergeFormer(customer.email)}</li>}
      <li>{texts.mergeKeeps}</li>
      <li>{texts.cannotUndo}</li>
    </ul>
  );
}
