import { openStorage } from "../../api/storage";

/** What the office keeps for this tab: what was typed and isn't saved yet. */
export const tabStorage = openStorage(() => sessionStorage, "office.");

/** What the office keeps for this browser. */
export const browserStorage = openStorage(() => localStorage, "office.");
