import * as texts from "./texts";

export function Subject({ children }: { children: string }) {
  return (
    <p class="row-text">
      <span class="quiet">{texts.subject}</span>
      <strong data-testid="subject">
        <bdi>{children}</bdi>
      </strong>
    </p>
  );
}

/** The text of a letter for mail programs that don't show HTML. */
export function AsText({ children }: { children: string }) {
  return (
    <details>
      <summary>{texts.asText}</summary>
      <pre class="letter-text" dir="auto">
        {children}
      </pre>
    </details>
  );
}
