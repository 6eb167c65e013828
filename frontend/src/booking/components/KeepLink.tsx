import { useRef, useState } from "react";
import { later } from "../texts";

interface KeepLinkProps {
  address: string;
  /** The title of the booking in the dialog in which the link is shared. */
  title: string;
  /** Whether the link does more than show the booking. */
  canChange: boolean;
}

/** The link that opens the booking, to use it now or to keep it for later. */
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
  /**
   * Opens the browser's dialog for sharing. If the visitor closes it, nothing is shared, and that
   * is not an error.
   */
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
