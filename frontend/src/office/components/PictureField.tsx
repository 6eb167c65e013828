import { useId, useLayoutEffect, useRef, useState } from "react";
import { BASE } from "../../core/base";
import type { StoredPictureOut } from "../api/types";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";
import { useAction } from "./useAction";

interface PictureFieldProps {
  name: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  /** The name of a stored picture. */
  value: string | null;
  onChange(value: string | null): void;
}

const TYPES = "image/jpeg,image/png,image/webp,image/gif";

/**
 * A field for a picture. The picture is uploaded when it is chosen, and used when its form is
 * saved.
 */
export function PictureField({ name, label, hint, error, value, onChange }: PictureFieldProps) {
  const id = useId();
  const api = useOfficeApi();
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isRemoved, setRemoved] = useState(false);
  const uploading = useAction(async (file: File) => {
    const stored = await api.change<StoredPictureOut>("POST", "/pictures", file);
    setRemoved(false);
    onChange(stored.name);
  });
  // The button that was pressed is gone, so another one gets the focus.
  useLayoutEffect(() => {
    if (isRemoved && value === null) button.current?.focus();
  }, [isRemoved, value]);
  const choose = () => {
    const file = input.current?.files?.[0];
    if (file) uploading.run(file);
    if (input.current) input.current.value = "";
  };
  const fault = uploading.failure || error;
  const about = [hint && `${id}-hint`, fault && `${id}-error`].filter(Boolean).join(" ");
  return (
    <fieldset class="choices" aria-describedby={about || undefined}>
      <legend class="label">
        {label} <span class="quiet">({texts.optional})</span>
      </legend>
      <div class="picture-line">
        {value && <img class="picture" src={`${BASE}/pictures/small/${value}`} alt={label} />}
        <div class="buttons">
          <button
            ref={button}
            type="button"
            class="secondary"
            name={name}
            aria-disabled={uploading.isRunning}
            onClick={() => uploading.isRunning || input.current?.click()}
          >
            {uploading.isRunning
              ? texts.pictureArriving
              : value
                ? texts.changePicture
                : texts.choosePicture}
          </button>
          {value && (
            <button
              type="button"
              class="quiet-button danger"
              onClick={() => {
                setRemoved(true);
                onChange(null);
              }}
            >
              {texts.removePicture}
            </button>
          )}
          <input
            ref={input}
            hidden
            type="file"
            accept={TYPES}
            aria-label={label}
            onChange={choose}
          />
        </div>
      </div>
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      <p id={`${id}-error`} class="field-error" role="alert">
        {fault}
      </p>
    </fieldset>
  );
}
