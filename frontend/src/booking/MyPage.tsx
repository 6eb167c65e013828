import { useState } from "react";
import { Summary } from "./components/Summary";
import { TryAgain } from "./components/TryAgain";
import { useMyBookings } from "./hooks/useMyBookings";
import { useStage } from "./hooks/useStage";
import { useZones } from "./hooks/useZones";
import type { PageProps } from "./pageProps";
import { explainRefusal } from "./refusals";
import { MyBookingsStep } from "./steps/MyBookingsStep";
import { SignInStep } from "./steps/SignInStep";
import { texts } from "./texts";

/** The page on which a customer signs in, and sees and changes their bookings. */
export function MyPage({ catalog }: PageProps) {
  const { state, askAgain, signOut } = useMyBookings();
  const [message, setMessage] = useState("");
  const zones = useZones(catalog, undefined, "any");
  const stage = useStage(state.kind, catalog.business.name);
  const leave = (said: string) => {
    setMessage(said);
    signOut();
  };
  return (
    <div class="booker" data-step="my">
      <Summary
        business={catalog.business}
        service={undefined}
        resource={undefined}
        startsAt={null}
        zones={zones}
        onBack={null}
        isMine
      />
      <main class="stage" ref={stage}>
        {state.kind === "loading" && <p class="quiet waiting-text">{texts.loading}</p>}
        {state.kind === "failed" && (
          <div class="waiting-text">
            <p role="alert">{explainRefusal(state.code, "")}</p>
            <TryAgain onTry={askAgain} />
          </div>
        )}
        {state.kind === "signedOut" && <SignInStep message={message} onSignedIn={askAgain} />}
        {state.kind === "known" && (
          <MyBookingsStep catalog={catalog} mine={state.mine} onSignedOut={leave} />
        )}
      </main>
    </div>
  );
}
