import { createElement, type ReactElement, type ReactNode, useEffect, useRef } from "react";

/** A time that the visitor has chosen. */
export interface HeldTime {
  service_id: number;
  resource_id: number;
  /** The start, as RFC 3339 in UTC. */
  starts_at: string;
  ends_at: string;
}

export interface BookedTime extends HeldTime {
  reference: string;
}

export interface DibsBookingProps {
  /**
   * The address of the server, like `https://book.example`. The server must list this site in
   * DIBS_ALLOWED_ORIGINS.
   */
  server: string;
  /** Offers only this service: the name in its address, or its number. */
  service?: string;
  /** Offers only this person or room. */
  staff?: string;
  theme?: "light" | "dark";
  lang?: string;
  name?: string;
  email?: string;
  phone?: string;
  className?: string;
  /**
   * Is shown until the booking page has come, and if it can't be shown. By default a link to the
   * booking page.
   */
  children?: ReactNode;
  onReady?(): void;
  onStep?(step: string): void;
  onHeld?(time: HeldTime): void;
  onReleased?(time: HeldTime): void;
  onBooked?(booking: BookedTime): void;
  onUnavailable?(): void;
}

/**
 * The booking page within a React app. When the component is removed, the time that was held is
 * given back.
 */
export function DibsBooking(props: DibsBookingProps): ReactElement {
  const { server, service, staff, theme, lang, name, email, phone, className, children } = props;
  const element = useRef<HTMLElement>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => loadScript(server), [server]);
  useEffect(() => {
    const listening = new AbortController();
    const listen = <Detail>(what: string, hear: (detail: Detail) => void) =>
      element.current?.addEventListener(
        `dibs:${what}`,
        (event) => hear((event as CustomEvent<Detail>).detail),
        { signal: listening.signal },
      );
    listen("ready", () => latest.current.onReady?.());
    listen<{ step: string }>("step", ({ step }) => latest.current.onStep?.(step));
    listen<HeldTime>("held", (time) => latest.current.onHeld?.(time));
    listen<HeldTime>("released", (time) => latest.current.onReleased?.(time));
    listen<BookedTime>("booked", (booking) => latest.current.onBooked?.(booking));
    listen("unavailable", () => latest.current.onUnavailable?.());
    return () => listening.abort();
  }, []);
  const attributes = {
    ref: element,
    service,
    staff,
    theme,
    lang,
    class: className,
    "data-name": name,
    "data-email": email,
    "data-phone": phone,
  };
  return createElement("dibs-booking", attributes, children);
}

/** Loads the script once for a document, unless the site has loaded it itself. */
function loadScript(server: string): void {
  const address = `${server.replace(/\/+$/, "")}/embed.js`;
  if (customElements.get("dibs-booking") || document.querySelector(`script[src="${address}"]`)) {
    return;
  }
  const script = document.createElement("script");
  script.src = address;
  script.async = true;
  document.head.append(script);
}
