import type { Go } from "./hooks/useRoute";
import type { Catalog } from "./offer/catalog";
import type { Route } from "./route";

/** What every page is given. */
export interface PageProps {
  catalog: Catalog;
  route: Route;
  go: Go;
  /** The server has refused what would be right by the catalog: ask it again. */
  onOutdated(): void;
}
