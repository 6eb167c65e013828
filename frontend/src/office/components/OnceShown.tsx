import { useState } from "react";
import * as texts from "../texts";

/** A secret that is shown only once, with a button that copies it. */
export function OnceShown({ label, secret }: { label: string; secret: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    setCopied(true);
  };
  return (
    <div class="once">
      <p>{label}</p>
      <div class="field-line">
        <input
          readOnly
          list={undefined}
          type="text"
          aria-label={label}
          value={secret}
          onFocus={(event) => event.currentTarget.select()}
        />
        {navigator.clipboard && (
          <button type="button" class="secondary" onClick={copy}>
            {isCopied ? texts.copied : texts.copy}
          </button>
        )}
      </div>
      <p class="hint">{texts.shownOnce}</p>
    </div>
  );
}
