import type { Session } from "../api/officeApi";
import { useOfficeApi } from "../shell/office";
import { hasPasskeys, showPasskey } from "./browser";
import * as words from "./texts";
import { usePasskey } from "./usePasskey";

/** The button that signs a user in with a passkey instead of a password. */
export function PasskeyButton({ onSignedIn }: { onSignedIn(session: Session): void }) {
  const api = useOfficeApi();
  const signingIn = usePasskey(async () => {
    const { options } = await api.change<{ options: Parameters<typeof showPasskey>[0] }>(
      "POST",
      "/session/passkey/begin",
    );
    const credential = await showPasskey(options);
    onSignedIn(await api.change<Session>("POST", "/session/passkey", { credential }));
  });
  if (!hasPasskeys()) return null;
  return (
    <>
      <button
        type="button"
        class="secondary"
        disabled={signingIn.isRunning}
        onClick={signingIn.run}
      >
        {words.signIn}
      </button>
      <p class="form-error" role="alert">
        {signingIn.failure}
      </p>
    </>
  );
}
