import { useState } from "react";
import type { InvitationOut as Invited, UserOut as OfficeUser } from "../api/types";
import { Dialog } from "../components/Dialog";
import { OnceShown } from "../components/OnceShown";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { useOfficeApi, useUser } from "../shell/office";
import * as texts from "../texts";
import { UserForm } from "./UserForm";

export type {
  InvitationOut as Invited,
  UserOut as OfficeUser,
} from "../api/types";

type Open = { kind: "form"; user: OfficeUser | null } | { kind: "link"; invited: Invited };

/** The page on which owners decide who may use the office, and with which role. */
export function UsersPage() {
  const { answer, failure, reload } = useLoaded<OfficeUser[]>("/users");
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => {
    setOpen(null);
    reload();
  };
  const showLink = (invited: Invited) => setOpen({ kind: "link", invited });
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>{texts.users}</h1>
        <button type="button" class="primary" onClick={() => setOpen({ kind: "form", user: null })}>
          {texts.addUser}
        </button>
      </div>
      {failure && <p role="alert">{failure}</p>}
      {answer && (
        <ul class="rows card-rows">
          {answer.map((user) => (
            <UserRow
              key={user.id}
              user={user}
              onEdit={() => setOpen({ kind: "form", user })}
              onChanged={reload}
              onLink={showLink}
            />
          ))}
        </ul>
      )}
      {open?.kind === "form" && (
        <Dialog
          title={open.user ? texts.changeUser(open.user.name) : texts.addUser}
          onClose={close}
        >
          <UserForm user={open.user} onClose={close} onInvited={showLink} />
        </Dialog>
      )}
      {open?.kind === "link" && (
        <Dialog title={texts.linkFor(open.invited.user.name)} onClose={close}>
          {open.invited.is_mailed && <p>{texts.linkIsMailed(open.invited.user.email)}</p>}
          <OnceShown label={texts.giveLink(open.invited.user.name)} secret={open.invited.link} />
          <div class="buttons">
            <button type="button" class="primary" onClick={close}>
              {texts.done}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

interface UserRowProps {
  user: OfficeUser;
  onEdit(): void;
  onChanged(): void;
  onLink(invited: Invited): void;
}

function UserRow({ user, onEdit, onChanged, onLink }: UserRowProps) {
  const api = useOfficeApi();
  const isSelf = useUser().user.id === user.id;
  const isDisabled = user.disabled_at !== null;
  const switching = useAction(async () => {
    await api.change("POST", `/users/${user.id}/${isDisabled ? "enable" : "disable"}`);
    onChanged();
  });
  const resetting = useAction(async () => {
    onLink(await api.change<Invited>("POST", `/users/${user.id}/reset`));
  });
  const state = isDisabled ? texts.isDisabled : user.has_password ? "" : texts.isInvited;
  return (
    <li data-testid="user" data-email={user.email}>
      <p class="row-text">
        <span>
          <bdi>{user.name}</bdi>
          {isSelf && <span class="quiet"> ({texts.itsYou})</span>}
        </span>
        <span class="quiet">
          {texts.roles[user.role]} · {user.email}
          {user.has_second_factor && ` · ${texts.hasSecondFactor}`}
        </span>
        {state && <span class="state">{state}</span>}
        {(switching.failure || resetting.failure) && (
          <span class="field-error" role="alert">
            {switching.failure || resetting.failure}
          </span>
        )}
      </p>
      <div class="row-buttons">
        {!isDisabled && (
          <button
            type="button"
            class="quiet-button"
            aria-label={texts.changeUser(user.name)}
            onClick={onEdit}
          >
            {texts.change}
          </button>
        )}
        {!isSelf && !isDisabled && (
          <button
            type="button"
            class="quiet-button"
            disabled={resetting.isRunning}
            aria-label={texts.resetUser(user.name)}
            onClick={() => resetting.run()}
          >
            {texts.newLink}
          </button>
        )}
        {!isSelf && (
          <button
            type="button"
            class={isDisabled ? "quiet-button" : "quiet-button danger"}
            disabled={switching.isRunning}
            aria-label={isDisabled ? texts.enableUser(user.name) : texts.disableUser(user.name)}
            onClick={() => switching.run()}
          >
            {isDisabled ? texts.enable : texts.disable}
          </button>
        )}
      </div>
    </li>
  );
}
