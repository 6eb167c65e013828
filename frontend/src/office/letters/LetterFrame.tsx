import { useLayoutEffect, useRef, useState } from "react";
import { showLetter } from "./show";

/**
 * The first document of the frame. It has a doctype, because about:blank would be laid out in the
 * browser's old mode.
 */
const EMPTY = "<!DOCTYPE html><html><head></head><body></body></html>";

/** A letter as mail programs show it, in a frame that can't run scripts. */
export function LetterFrame({ html, title }: { html: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [loads, setLoads] = useState(0);
  useLayoutEffect(() => {
    const page = frame.current?.contentDocument;
    if (page && loads > 0) showLetter(page, html);
  }, [html, loads]);
  return (
    <iframe
      ref={frame}
      class="letter"
      sandbox="allow-same-origin"
      title={title}
      srcdoc={EMPTY}
      onLoad={() => setLoads((count) => count + 1)}
    />
  );
}
