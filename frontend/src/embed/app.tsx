import { options, render, type VNode } from "preact";
import { App } from "../booking/App";
import { BookingPage } from "../booking/BookingPage";
import { createPageServices, PageServicesContext } from "../booking/pageServices";
import { firstSpoken, REMEMBERED, speak, speakBy, speaker } from "../booking/texts";
import { setBase } from "../core/base";
import { announce, announceClaims, createStepTeller } from "./events";
import { Icons } from "./Icons";
import { loadTimeStep } from "./laterTimeStep";
import { createMemoryTab } from "./memoryTab";
import { fillIn, firstAddress, presetServices } from "./presets";
import type { Start } from "./start";

/**
 * Changes elements for a page of another site. That page has a main part of its own, so here the
 * main part is a plain element and the summary a group. A link opens a new tab, so that nothing
 * that was typed is lost.
 */
const before = options.vnode;
options.vnode = (vnode: VNode) => {
  if (vnode.type === "main") vnode.type = "div";
  if (vnode.type === "aside") {
    vnode.type = "div";
    Object.assign(vnode.props, { role: "group" });
  }
  const props = vnode.props as { href?: string; target?: string };
  if (vnode.type === "a" && props.href?.startsWith("http")) props.target ||= "_blank";
  before?.(vnode);
};

/** One of the booking pages that are shown on this page. */
interface Shown {
  /** Takes over what the other ones claim, as if they were other tabs. */
  syncClaims(): void;
  draw(): void;
}

const shown = new Set<Shown>();
// All booking pages have the same language, and the document keeps its own.
speakBy(document.createElement("div"));

function drawAll(): void {
  for (const { draw } of shown) draw();
}

/** Shows the booking page within a page of another site. Returns a function that removes it. */
export async function start(given: Start): Promise<() => void> {
  const { element, frame, presets } = given;
  setBase(given.base);
  const [business, services, resources] = given.catalog;
  const offered = { services, resources };
  const tellStep = createStepTeller(element);
  const tab = createMemoryTab(firstAddress(presets, offered), frame, (address) =>
    tellStep(address, page.tabStorage),
  );
  const selectWanted = (found: typeof services) =>
    presetServices(presets, { services: found, resources });
  const page = createPageServices({
    tab,
    part: given.part,
    catalog: { language: given.language, business, services: selectWanted(services), resources },
  });
  const { api, environment, keeper, ownClaims } = page;
  page.api = { ...api, services: async (language) => selectWanted(await api.services(language)) };
  environment.streamTimeout = given.watchdog;
  fillIn(presets, page.tabStorage);
  // If the site has chosen a language for the element, the visitor's earlier choice isn't used.
  const chosen = element.hasAttribute("lang") ? "" : (page.storage.read<string>(REMEMBERED) ?? "");
  const language = firstSpoken(chosen, given.language);
  if (language !== speaker.lang) await speak(language);
  const self: Shown = {
    syncClaims: page.syncClaims,
    draw() {
      frame.lang = speaker.lang;
      frame.dir = speaker.dir;
      render(
        <PageServicesContext.Provider value={page}>
          <Icons />
          <App page={BookingPage} frame="" onSpoken={drawAll} />
        </PageServicesContext.Provider>,
        frame,
      );
    },
  };
  shown.add(self);
  const endings = [
    announceClaims(element, keeper, page.tabStorage),
    ownClaims.subscribe(() => {
      for (const other of shown) if (other !== self) other.syncClaims();
    }),
    page.close,
  ];
  drawAll();
  announce(element, "ready");
  // If this fails, the step with the times tries again by itself.
  void loadTimeStep().catch(() => null);
  return () => {
    for (const end of endings) end();
    keeper.release();
    shown.delete(self);
    render(null, frame);
  };
}
