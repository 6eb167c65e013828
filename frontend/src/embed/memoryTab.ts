import type { Tab } from "../booking/tab";

interface Entry {
  href: string;
  state: unknown;
}

/**
 * Creates a tab whose address and history are in memory. So the page around the element keeps its
 * address, history, title and scroll position.
 */
export function createMemoryTab(
  address: string,
  frame: HTMLElement,
  onMove: (address: string) => void,
): Tab {
  const events = new EventTarget();
  const entries: Entry[] = [{ href: address, state: null }];
  const current = () => entries.at(-1) as Entry;
  const enter = (state: unknown, to: string | URL | null | undefined, replaced: 0 | 1) => {
    const { href } = new URL(to ?? "", current().href);
    entries.splice(entries.length - replaced, replaced, { href, state });
    onMove(href);
  };
  return {
    location: {
      get href() {
        return current().href;
      },
      get search() {
        return new URL(current().href).search;
      },
    },
    history: {
      get state() {
        return current().state;
      },
      pushState: (state, _, to) => enter(state, to, 0),
      replaceState: (state, _, to) => enter(state, to, 1),
      back() {
        if (entries.length === 1) return;
        entries.pop();
        onMove(current().href);
        events.dispatchEvent(new Event("popstate"));
      },
    },
    document: { title: "", documentElement: frame },
    addEventListener: events.addEventListener.bind(events),
    /** If the beginning of the step is above the window, scrolls to it. */
    scrollTo() {
      if (frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ block: "start" });
    },
  };
}
