import { fill, texts } from "../texts";
import { Icon } from "./Icon";

interface NothingFreeProps {
  email: string | null;
  phone: string | null;
  onAnyone?: (() => void) | undefined;
}

/** What is shown in place of the times if none is free within the booking window. */
export function NothingFree({ email, phone, onAnyone }: NothingFreeProps) {
  return (
    <section class="times nothing-free">
      <Icon name="calendar" />
      <p>{texts.nothingFree}</p>
      {onAnyone && (
        <button type="button" class="secondary" data-testid="anyone" onClick={onAnyone}>
          {texts.trySomeoneElse}
        </button>
      )}
      {phone && (
        <a class="change" href={`tel:${phone}`}>
          {fill(texts.callPhone, { phone })}
        </a>
      )}
      {email && (
        <a class="change" href={`mailto:${email}`}>
          {fill(texts.writeTo, { email })}
        </a>
      )}
    </section>
  );
}
