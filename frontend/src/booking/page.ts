import type { Route } from "./route";
import type { Catalogue } from "./useCatalogue";
import type { Go } from "./useRoute";

/** What every page is given. */
export interface PageProps {
  catalogue: Catalogue;
  route: Route;
  go: Go;
}
