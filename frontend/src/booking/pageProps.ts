import type { Go } from "./hooks/useRoute";
import type { Catalog } from "./offer/catalog";
import type { Route } from "./route";

/** The properties that every page gets. */
export interface PageProps {
  catalog: Catalog;
  route: Route;
  go: Go;
  /** Reads the catalog again, because the server has refused something that the catalog allows. */
  onOutdated(): void;
}
