import { useRef, useState } from "react";
import { later } from "../texts";

interface KeepLinkProps {
  address: string;
  /** What the booking is called where the link is shared. */
  title: string;
  /** Whether it does more than show the booking. */
  canChange: boolean;
}

/** The link that opens the booking: to follow now, or to keep for later. */
export function KeepLink({ address, title, canChange }: KeepLinkProps) {
  const shown = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);

  const copy = async () => {
    shown.current?.select();
    try {
      await navigator.clipboard.writeText(address);
      setCopied(true);
    } catch {
      // Without TLS a page can't write to the clipboard; the visitor can copy the selected text.
      setCopied(document.execCommand("copy"));
    }
  };
  /** Who closes the browser's dialog shares nothing, and that is no fault. */
  const share = () => navigator.share({ title, url: address }).catch(() => {});

  return (
    <div class="keep-link">
      <label for="link">{canChange ? later.keepLink : later.keepLinkToSee}</label>
      <input
        id="link"
        ref={shown}
        dir="ltr"
        readOnly
        value={address}
        onFocus={(event) => event.currentTarget.select()}
      />
      <p class="keep-link-text" dir="ltr" aria-hidden="true">
        {address}
      </p>
      <div class="actions">
        <a class="secondary" data-testid="manage-link" href={address}>
          {canChange ? later.changeOrCancel : later.manageTitle}
        </a>
        <button type="button" class="secondary" data-testid="copy-link" onClick={copy}>
          {later.copyLink}
        </button>
        {"share" in navigator && (
          <button type="button" class="secondary" onClick={share}>
            {later.share}
          </button>
        )}
      </div>
      <p class="quiet" role="status">
        {isCopied && later.copied}
      </p>
    </div>
  );
}
