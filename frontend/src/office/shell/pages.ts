import type { ComponentType } from "preact";
import * as catalogTexts from "../catalog/names";
import * as texts from "../texts";
import * as names from "./names";
import type { Place } from "./router";

/** A page of the office. Only users with its scope see it. Its code is loaded when it is opened. */
export interface Page {
  path: string;
  name: string;
  scope: string | null;
  /** Whether the menu has a gap before this page. */
  isApart?: boolean;
  load(): Promise<ComponentType<{ place: Place }>>;
}

/** The pages, in the order of the menu. The first one that a user may see is their home. */
export const PAGES: readonly Page[] = [
  {
    path: "/calendar",
    name: texts.calendar,
    scope: "calendar:read",
    load: async () => (await import("../calendar/CalendarPage")).CalendarPage,
  },
  {
    path: "/bookings",
    name: texts.bookings,
    scope: "bookings:read",
    load: async () => (await import("../bookings/BookingsPage")).BookingsPage,
  },
  {
    path: "/customers",
    name: texts.customers,
    scope: "customers:read",
    load: async () => (await import("../customers/CustomersPage")).CustomersPage,
  },
  {
    path: "/reports",
    name: texts.reports,
    scope: "reports:read",
    load: async () => (await import("../reports/ReportsPage")).ReportsPage,
  },
  {
    path: "/services",
    isApart: true,
    name: catalogTexts.services,
    scope: "catalog:write",
    load: async () => (await import("../catalog/ServicesPage")).ServicesPage,
  },
  {
    path: "/people",
    name: catalogTexts.people,
    scope: "catalog:write",
    load: async () => (await import("../catalog/PeoplePage")).PeoplePage,
  },
  {
    path: "/closures",
    name: catalogTexts.closures,
    scope: "catalog:write",
    load: async () => (await import("../catalog/ClosuresPage")).ClosuresPage,
  },
  {
    path: "/business",
    name: catalogTexts.business,
    scope: "catalog:write",
    load: async () => (await import("../catalog/BusinessPage")).BusinessPage,
  },
  {
    path: "/appearance",
    name: names.appearance,
    scope: "catalog:write",
    load: async () => (await import("../appearance/AppearancePage")).AppearancePage,
  },
  {
    path: "/letters",
    name: names.letters,
    scope: "letters",
    load: async () => (await import("../letters/LettersPage")).LettersPage,
  },
  {
    path: "/feeds",
    isApart: true,
    name: names.feeds,
    scope: "bookings:read",
    load: async () => (await import("../feeds/FeedsPage")).FeedsPage,
  },
  {
    path: "/calendars",
    name: names.subscriptions,
    scope: "bookings:write",
    load: async () => (await import("../subscriptions/SubscriptionsPage")).SubscriptionsPage,
  },
  {
    path: "/users",
    isApart: true,
    name: texts.users,
    scope: "users",
    load: async () => (await import("../users/UsersPage")).UsersPage,
  },
  {
    path: "/keys",
    name: texts.keys,
    scope: "keys",
    load: async () => (await import("../keys/KeysPage")).KeysPage,
  },
  {
    path: "/audit",
    name: texts.audit,
    scope: "audit:read",
    load: async () => (await import("../audit/AuditPage")).AuditPage,
  },
  {
    path: "/server",
    name: names.server,
    scope: "settings",
    load: async () => (await import("../server/ServerPage")).ServerPage,
  },
  {
    path: "/account",
    isApart: true,
    name: texts.account,
    scope: null,
    load: async () => (await import("../account/AccountPage")).AccountPage,
  },
];

export function pagesFor(scopes: readonly string[]): Page[] {
  return PAGES.filter((page) => page.scope === null || scopes.includes(page.scope));
}

/** Returns the page at a path, or undefined if there is none or the user may not see it. */
export function pageAt(pages: readonly Page[], path: string): Page | undefined {
  if (path === "/") return pages[0];
  return pages.find((page) => path === page.path || path.startsWith(`${page.path}/`));
}
