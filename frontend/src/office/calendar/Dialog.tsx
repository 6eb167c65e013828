import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "react";
import * as texts from "./texts";

interface DialogProps {
  title: string;
  children: ComponentChildren;
  onClose(): void;
}

/**
 * A dialog over the page. It is the browser's own element, which keeps the focus inside and closes
 * at Escape.
 */
export function Dialog({ title, children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isGone = useRef(false);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      isGone.current = true;
      // If the browser has closed the dialog, it has also given the focus back, and the user may
      // have moved the focus since.
      if (!shown?.open) return;
      // While the dialog is open, no element behind it can get the focus.
      shown.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="cal-dialog"
      aria-labelledby={id}
      // Another dialog may have taken its place, and must stay open.
      onClose={() => isGone.current || onClose()}
    >
      <header>
        <h2 id={id}>
          <bdi>{title}</bdi>
        </h2>
        <button
          type="button"
          class="quiet-button cal-close"
          aria-label={texts.close}
          onClick={() => dialog.current?.close()}
        >
          <span aria-hidden="true">×</span>
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface RulesDialogProps {
  rules: readonly string[];
  onAnswer(isAgreed: boolean): void;
}

/** The dialog that names the rules that a change breaks, and asks whether to make the change. */
export function RulesDialog({ rules, onAnswer }: RulesDialogProps) {
  return (
    <Dialog title={texts.allTheSame} onClose={() => onAnswer(false)}>
      <ul class="cal-rules">
        {rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
      <div class="cal-buttons">
        <button type="button" class="primary" onClick={() => onAnswer(true)}>
          {texts.doIt}
        </button>
        <button type="button" class="secondary" onClick={() => onAnswer(false)}>
          {texts.leaveIt}
        </button>
      </div>
    </Dialog>
  );
}
