/** Customers as the server sends them to the office. */
import type { ImportLineOut } from "../api/types";

export type {
  CustomerFileOut as CustomerFile,
  CustomerNoteOut as CustomerNote,
  CustomerOut as Customer,
  CustomerPageOut as CustomersPart,
  ImportReportOut as ImportReport,
} from "../api/types";

export type Verdict = ImportLineOut["verdict"];
