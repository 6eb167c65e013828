import { useEffect, useState } from "react";
import { send } from "../../api/send";
import type { Session } from "../api/officeApi";
import { Field } from "../components/Field";
import { Select } from "../components/Select";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi, useUser } from "../shell/office";
import * as texts from "../texts";
import type { Invited, OfficeUser } from "./UsersPage";

interface UserFormProps {
  /** The user that is edited, or null for a new one. */
  user: OfficeUser | null;
  onClose(): void;
  onInvited(invited: Invited): void;
}

interface Resource {
  id: number;
  name: string;
}

const ROLES = (["manager", "staff", "owner"] as const).map((role) => ({
  value: role,
  text: `${texts.roles[role]} – ${texts.roleHints[role]}`,
}));

export function UserForm({ user, onClose, onInvited }: UserFormProps) {
  const api = useOfficeApi();
  const self = useUser();
  const [name, setName] = useState(user?.name ?? "");
  const [email, setEmail] = useState(user?.email ?? "");
  const [role, setRole] = useState<string>(user?.role ?? "manager");
  const [resource, setResource] = useState(String(user?.resource_id ?? ""));
  const [resources, setResources] = useState<Resource[]>([]);
  useEffect(() => {
    // Before the business is set up, there are no resources.
    send<Resource[]>(api.environment, "/api/v1/resources").then(setResources, () => {});
  }, [api]);
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    const wanted = { name, role, resource_id: resource ? Number(resource) : null };
    if (user) {
      await api.change("PATCH", `/users/${user.id}`, wanted);
      if (user.id === self.user.id) self.renew(await api.get<Session>("/session"));
      onClose();
    } else {
      onInvited(await api.change<Invited>("POST", "/users", { ...wanted, email: email.trim() }));
    }
  });
  const calendars = [
    { value: "", text: role === "staff" ? texts.choose : texts.noCalendar },
    ...resources.map((each) => ({ value: String(each.id), text: each.name })),
  ];
  if (resources.length > 0 && calendars.every(({ value }) => value !== resource)) {
    calendars.push({ value: resource, text: texts.retiredCalendar });
  }
  return (
    <form ref={form} class="form" noValidate onSubmit={submit}>
      <Field
        name="name"
        label={texts.name}
        value={name}
        error={refusal.fields.name}
        onChange={setName}
      />
      {!user && (
        <Field
          name="email"
          type="email"
          label={texts.email}
          value={email}
          error={refusal.fields.email}
          onChange={setEmail}
        />
      )}
      <Select
        name="role"
        label={texts.role}
        value={role}
        options={ROLES}
        error={refusal.fields.role}
        onChange={setRole}
      />
      <Select
        name="resource_id"
        label={texts.ownCalendar}
        value={resource}
        options={calendars}
        error={refusal.fields.resource_id}
        onChange={setResource}
      />
      <p class="form-error" role="alert">
        {refusal.message}
      </p>
      <div class="buttons">
        <button type="submit" class="primary" disabled={isSending}>
          {user ? texts.save : texts.addUser}
        </button>
        <button type="button" class="secondary" onClick={onClose}>
          {texts.cancel}
        </button>
      </div>
    </form>
  );
}
