/** The catalog as the server sends it, in the words of the catalog file. */
import type { BusinessTableOut, HoursOut, ResourceTableOut, ServiceTableOut } from "../api/types";

export type {
  BusinessTableOut as BusinessTable,
  CatalogChangeOut as Outcome,
  CatalogOut as Catalog,
  CategoryTableOut as CategoryTable,
  ClosureTableOut as ClosureTable,
  ConcernOut as Concern,
  QuestionTableOut as QuestionTable,
  ResourceTableOut as ResourceTable,
  ServiceTableOut as ServiceTable,
} from "../api/types";

export type Weekday = keyof HoursOut;
export type Letter = BusinessTableOut["letters"][number];
export type Kind = ResourceTableOut["kind"];
export type PlaceKind = ServiceTableOut["place_kind"];

export const WEEKDAYS: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
export const LETTERS: readonly Letter[] = ["new", "moved", "cancelled", "declined"];
export const KINDS: readonly Kind[] = ["staff", "room", "equipment"];
export const PLACE_KINDS: readonly PlaceKind[] = ["address", "phone", "video", "customer"];

/**
 * A part of the catalog that is changed as a whole. A change names the version that it is based on.
 */
export interface Part<Table> {
  table: Table;
  version: string;
}
