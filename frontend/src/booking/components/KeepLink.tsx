import { useRef, useState } from "react";
import * as texts from "../texts";

/** The link that opens the booking: to follow now, or to copy for later. */
export function KeepLink({ address }: { address: string }) {
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

  return (
    <div class="keep-link">
      <label for="link">{texts.keepLink}</label>
      <div class="actions">
        <input
          id="link"
          ref={shown}
          readOnly
          value={address}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="secondary" data-testid="copy-link" onClick={copy}>
          {texts.copyLink}
        </button>
        <a class="secondary" data-testid="manage-link" href={address}>
          {texts.manage}
        </a>
      </div>
      <p class="quiet" role="status">
        {isCopied && texts.copied}
      </p>
    </div>
  );
}
