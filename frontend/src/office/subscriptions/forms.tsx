import { useState } from "react";
import { Field } from "../components/Field";
import { Select } from "../components/Select";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import * as officeTexts from "../texts";
import * as texts from "./texts";

export interface Resource {
  id: number;
  name: string;
}

interface SubscriptionFormProps {
  path: string;
  resources: readonly Resource[];
  onDone(): void;
}

/** The form for the address of another calendar, and for the resource that it belongs to. */
export function SubscriptionForm({ path, resources, onDone }: SubscriptionFormProps) {
  const api = useOfficeApi();
  const [chosen, setChosen] = useState("");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const resource = chosen || String(resources[0]?.id ?? "");
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    await api.change("POST", path, { resource_id: Number(resource), name, address });
    onDone();
  });
  return (
    <form ref={form} class="form" noValidate onSubmit={submit}>
      <Select
        name="resource_id"
        label={texts.ofWhom}
        value={resource}
        options={resources.map(({ id, name: text }) => ({ value: String(id), text }))}
        error={refusal.fields.resource_id}
        onChange={setChosen}
      />
      <Field
        name="name"
        label={texts.name}
        hint={texts.nameHint}
        value={name}
        error={refusal.fields.name}
        onChange={setName}
      />
      <Field
        name="address"
        label={texts.address}
        hint={texts.addressHint}
        value={address}
        error={refusal.fields.address}
        onChange={setAddress}
      />
      <Buttons text={texts.add} isSending={isSending} message={refusal.message} onClose={onDone} />
    </form>
  );
}

interface NameFormProps {
  path: string;
  name: string;
  onDone(): void;
}

export function NameForm({ path, name: before, onDone }: NameFormProps) {
  const api = useOfficeApi();
  const [name, setName] = useState(before);
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    await api.change("PATCH", path, { name });
    onDone();
  });
  return (
    <form ref={form} class="form" noValidate onSubmit={submit}>
      <Field
        name="name"
        label={texts.name}
        value={name}
        error={refusal.fields.name}
        onChange={setName}
      />
      <Buttons text={texts.save} isSending={isSending} message={refusal.message} onClose={onDone} />
    </form>
  );
}

interface ButtonsProps {
  text: string;
  isSending: boolean;
  message: string;
  onClose(): void;
}

function Buttons({ text, isSending, message, onClose }: ButtonsProps) {
  return (
    <>
      <p class="form-error" role="alert">
        {message}
      </p>
      <div class="buttons">
        <button type="submit" class="primary" disabled={isSending}>
          {text}
        </button>
        <button type="button" class="secondary" onClick={onClose}>
          {officeTexts.cancel}
        </button>
      </div>
    </>
  );
}
