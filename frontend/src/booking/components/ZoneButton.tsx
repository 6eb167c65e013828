import { useState } from "react";
import { zoneInWords } from "../format/zones";
import { useLoadedCode } from "../hooks/useLoadedCode";
import type { Zones } from "../hooks/useZones";
import { loadLater, texts } from "../texts";
import { Icon } from "./Icon";

const loadList = async () => (await Promise.all([import("./ZoneList"), loadLater()]))[0].ZoneList;

/**
 * The button that says in which time zone the times are shown, and that opens the list of all
 * zones.
 */
export function ZoneButton({ zones }: { zones: Zones }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="zone-button"
        data-testid="zone"
        aria-haspopup="dialog"
        title={texts.changeZone}
        onClick={() => setOpen(true)}
      >
        <Icon name="globe" />
        {zoneInWords(zones.shown)}
      </button>
      {isOpen && <OpenList zones={zones} onClose={() => setOpen(false)} />}
    </>
  );
}

function OpenList({ zones, onClose }: { zones: Zones; onClose(): void }) {
  const code = useLoadedCode(async () => ({ List: await loadList() }), true);
  return code && <code.List zones={zones} onClose={onClose} />;
}
