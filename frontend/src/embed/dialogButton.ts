import { closeWord, fallbackWords } from "./fallbackWords";

const STYLES = `
:host { display: inline-block }
dialog {
  inline-size: min(72rem, 100vw);
  max-inline-size: 100vw;
  block-size: fit-content;
  max-block-size: 100dvh;
  margin: auto;
  padding: 0;
  border: 0;
  border-radius: 16px;
  overflow: auto;
  background: light-dark(#fff, #1d1d20);
  color: light-dark(#1b1b1d, #f0f0ef);
}
dialog::backdrop { background: rgb(0 0 0 / 50%) }
form { display: flex; justify-content: end; padding: 8px 8px 0 }
button {
  min-block-size: 44px;
  padding-inline: 16px;
  border: 0;
  border-radius: 10px;
  background: none;
  color: inherit;
  font: 14px/1.5 system-ui, sans-serif;
  cursor: pointer;
}
button:focus-visible { outline: 2px solid; outline-offset: -2px }
dibs-booking { display: block; --page-min-height: 0 }
@media (max-width: 44rem) {
  dialog { inline-size: 100vw; block-size: 100dvh; border-radius: 0 }
}
`;

/**
 * Defines `<dibs-button>`: a click on its content opens the booking in a dialog. Without script the
 * content is the site's own link.
 */
export function defineButton(addressOf: (element: HTMLElement) => string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);

  class DibsButton extends HTMLElement {
    connectedCallback(): void {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      const slot = document.createElement("slot");
      const link = document.createElement("a");
      link.href = addressOf(this);
      link.part.add("link");
      link.textContent = fallbackWords(this);
      slot.append(link);
      root.append(slot);
      slot.addEventListener("click", (event) => this.#open(event));
    }

    disconnectedCallback(): void {
      this.shadowRoot?.querySelector("dialog")?.close();
    }

    #open(event: MouseEvent): void {
      // The visitor wants another tab or window.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
      event.preventDefault();
      const root = this.shadowRoot as ShadowRoot;
      if (root.querySelector("dialog")) return;
      const dialog = document.createElement("dialog");
      dialog.setAttribute("aria-label", this.textContent?.trim() || fallbackWords(this));
      const form = document.createElement("form");
      form.method = "dialog";
      const close = document.createElement("button");
      close.textContent = closeWord(this);
      form.append(close);
      const booking = document.createElement("dibs-booking");
      for (const { name, value } of this.attributes) {
        if (!/^(class|style|id|slot|part)$/.test(name)) booking.setAttribute(name, value);
      }
      booking.toggleAttribute("data-in-dialog", true);
      dialog.append(form, booking);
      // When the dialog is removed, the time that was held is given back.
      dialog.addEventListener("close", () => dialog.remove());
      root.append(dialog);
      dialog.showModal();
    }
  }

  customElements.define("dibs-button", DibsButton);
}
