/** Every sentence of the office; used as `texts.something`. */

import type { Role } from "./api/officeApi";

export const office = "Office";
export const calendar = "Calendar";
export const reports = "Reports";
export const bookings = "Bookings";
export const customers = "Customers";
export const menu = "Menu";
export const loading = "One moment…";
export const unreachable = "Dibs can’t be reached right now.";
export const tryAgain = "Try again";
export const noPage = "There is no such page.";
export const back = "Back";
export const choosePicture = "Choose a picture…";
export const changePicture = "Choose another…";
export const removePicture = "Remove the picture";
export const pictureArriving = "Uploading…";

export const optional = "optional";
export const show = "Show";
export const hide = "Hide";
export const showPassword = "Show the password";

export const signIn = "Sign in";
export const signOut = "Sign out";
export const signInToOffice = "Sign in to the office";
export const signInAgain = "Please sign in again";
export const signInAgainHint = "You were signed out. The page stays as you left it.";
export const notSetUp = "Nobody can sign in yet";
export const notSetUpHint =
  "When Dibs starts, it prints a link that makes the first owner. Open that link, or run “dibs user add”.";
export const email = "E-mail address";
export const password = "Password";
export const code = "Code of your authenticator app";
export const codeHint = "If you don’t have the app at hand, type one of your recovery codes.";

export const welcome = "Welcome to Dibs";
export const hello = (name: string) => `Welcome, ${name}`;
export const firstOwner =
  "You are the owner. Choose how you sign in; everything else can be changed later.";
export const choosePassword = "Choose a password to sign in with from now on.";
export const yourName = "Your name";
export const passwordHint = "10 characters at least. Several words make a good one.";
export const begin = "Begin";
export const savePassword = "Save and sign in";
export const linkRefused = "This link can’t be used";
export const linkExpired = "This link is no longer good. Each link works once, for two days.";

export const account = "Account";
export const roles: Record<Role, string> = { owner: "Owner", manager: "Manager", staff: "Staff" };

export const you = "You";
export const signsInAs = (email: string, role: Role) =>
  `You sign in as ${email}. Role: ${roles[role]}.`;
export const save = "Save";
export const saved = "Saved.";
export const cancel = "Cancel";
export const done = "Done";
export const goOn = "Go on";
export const change = "Change";
export const choose = "Choose…";
export const copy = "Copy";
export const copied = "Copied";
export const shownOnce = "This is shown only once.";
export const showMore = "Show more";
export const currentPassword = "Current password";
export const newPassword = "New password";
export const changePassword = "Change password";
export const passwordChanged = "Changed. All other browsers are signed out.";
export const notYourPassword = "This is not your password.";

export const secondFactor = "Two-step sign-in";
export const secondFactorOff =
  "Besides the password, ask for a code of an authenticator app on your phone. Who gets hold of the password alone can’t sign in then.";
export const secondFactorOn = (left: number) =>
  `On. You have ${left} recovery ${left === 1 ? "code" : "codes"} left for when you don’t have the app at hand.`;
export const turnOn = "Turn on";
export const turnOff = "Turn off";
export const turnOffHint = "From now on the password alone is enough to sign in.";
export const newRecoveryCodes = "New recovery codes";
export const recoveryCodes = "Recovery codes";
export const recoveryCodesHint =
  "Each signs you in once when you don’t have the app at hand. Keep them somewhere safe: they are shown only now.";
export const codesKept = "I have kept them";
export const scanPicture = "Scan this with your authenticator app.";
export const pictureOfSecret = "QR code of the secret below";
export const orType = "Or type this secret:";
export const firstCode = "Code that the app shows";

export const sessions = "Where you are signed in";
export const unknownBrowser = "Unknown browser";
export const thisBrowser = "This browser";
export const lastUsed = (when: string) => `Last used ${when}`;
export const signOutBrowser = (browser: string) => `Sign out ${browser}`;
export const signOutEverywhere = "Sign out everywhere";

export const users = "Users";
export const addUser = "Add a user";
export const changeUser = (name: string) => `Change ${name}`;
export const itsYou = "you";
export const name = "Name";
export const role = "Role";
export const roleHints: Record<Role, string> = {
  owner: "everything",
  manager: "everything but users and keys",
  staff: "their own calendar",
};
export const ownCalendar = "Their calendar";
export const noCalendar = "None";
export const retiredCalendar = "Of somebody who can’t be booked any more";
export const isDisabled = "Disabled";
export const isInvited = "Has not chosen a password yet";
export const hasSecondFactor = "two-step sign-in";
export const disable = "Disable";
export const enable = "Enable";
export const newLink = "New password";
export const disableUser = (who: string) => `Disable ${who}`;
export const enableUser = (who: string) => `Enable ${who}`;
export const resetUser = (who: string) => `Let ${who} choose a new password`;
export const linkIsMailed = (email: string) => `A letter with this link is on its way to ${email}.`;
export const linkFor = (who: string) => `A link for ${who}`;
export const giveLink = (who: string) =>
  `With this link ${who} chooses a password. It works once, for two days.`;

export const keys = "API keys";
export const keysHint =
  "A program uses the API of the office with a key. It may do only what the key says.";
export const noKeys = "There are no keys yet.";
export const addKey = "Add a key";
export const keyName = "What it is for";
export const keyNameHint = "The audit shows this name.";
export const mayDo = "What it may do";
export const oneScope = "Choose one at least.";
export const lastDay = "Last day";
export const lastDayHint = "Without one it is good until you revoke it.";
export const keepKey = "The program sends this key as “Authorization: Bearer …”.";
export const neverUsed = "Never used";
export const goodUntil = (when: string) => `Good until ${when}`;
export const isRevoked = "Revoked";
export const isOver = "Over";
export const revoke = "Revoke";
export const revokeKey = (what: string) => `Revoke ${what}`;
export const scopes: Record<string, string> = {
  "calendar:read": "See the calendar",
  "bookings:read": "See bookings",
  "bookings:write": "Make and change bookings",
  "customers:read": "See customers",
  "customers:write": "Change customers",
  "catalog:read": "See services, people and hours",
  "catalog:write": "Change services, people and hours",
  letters: "Letters",
  "reports:read": "Reports",
  "audit:read": "See the audit",
  settings: "Settings",
};

export const audit = "Audit";
export const actors: Record<string, string> = {
  visitor: "A visitor",
  customer: "The customer",
  owner: "The command line",
  clock: "Dibs, as time passed",
  import: "An import",
};
export const actions: Record<string, string> = {
  "business.set_up": "Business set up",
  "business.changed": "Business changed",
  "letter_words.changed": "Words of a letter changed",
  "service.added": "Service added",
  "service.changed": "Service changed",
  "service.retired": "Service offered no more",
  "services.ordered": "Services ordered anew",
  "resource.added": "Person or room added",
  "resource.changed": "Person or room changed",
  "resource.retired": "Person or room offered no more",
  "closure.added": "Closure added",
  "closure.removed": "Closure removed",
  "feed.created": "Calendar feed made",
  "feed.revoked": "Calendar feed revoked",
  "calendar.added": "Other calendar added",
  "calendar.renamed": "Other calendar renamed",
  "calendar.removed": "Other calendar removed",
  "user.created": "User added",
  "user.changed": "User changed",
  "user.disabled": "User disabled",
  "user.enabled": "User enabled",
  "user.reset": "User gets a new password",
  "user.signed_in": "Signed in",
  "user.password_changed": "Password chosen",
  "user.second_factor_on": "Two-step sign-in turned on",
  "user.second_factor_off": "Two-step sign-in turned off",
  "user.recovery_codes": "New recovery codes",
  "key.created": "API key added",
  "key.revoked": "API key revoked",
  "checkout.started": "Checkout started",
  "checkout.expired": "Checkout expired",
  "checkout.cancelled": "Checkout given up",
  "booking.confirmed": "Booking made",
  "booking.requested": "Booking asked for",
  "booking.approved": "Request approved",
  "booking.declined": "Request declined",
  "booking.rescheduled": "Booking moved",
  "booking.cancelled": "Booking cancelled",
  "booking.withdrawn": "Request withdrawn",
  "booking.completed": "Booking completed",
  "booking.no_show": "Customer did not come",
  "booking.reopened": "Booking opened again",
  "booking.described": "Details changed",
  "letter.resent": "Letter sent again",
  "customer.erased": "Customer erased",
  "customer.merged": "Customers merged",
  "customers.imported": "Customers brought in",
};

export const setUp = "Set up";
export const stepOf = (step: number, all: number) => `Step ${step} of ${all}`;
export const finish = "Finish";
export const yourBusiness = "Your business";
export const businessName = "Name";
export const businessNameHint = "Customers see it above everything they book.";
export const timeZone = "Time zone";
export const currency = "Currency";
export const languageOfBusiness = "Language of the business";
export const languageOfBusinessHint =
  "You write your texts in it. Customers who speak another one get the page and letters in theirs.";
export const firstPerson = "The first person who can be booked";
export const personName = "Name";
export const personHint = "You can add others, and rooms, later.";
export const hours = "Weekly hours";
export const closed = "closed";
export const weekdays = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};
export const edgeOfDay = (day: string, edge: "opens" | "closes") => `${day} ${edge}`;
export const firstService = "The first thing to book";
export const serviceName = "Name";
export const serviceHint = "Like “Haircut” or “First talk”.";
export const minutes = "Minutes";
export const priceIn = (currency: string) => `Price in ${currency}`;
export const setUpDone = "You can be booked";
export const publicLink = "This is the page for your customers. Put the link wherever they look:";
export const onThisMachine =
  "This address works on this machine only. Whoever runs the server gives it another one by DIBS_PUBLIC_URL.";
export const tryBooking = "Try it: book a time yourself. You can cancel it in the office.";
export const openPage = "Book a test time";
export const copyLink = "Copy the link";
export const linkCopied = "The link is copied.";
export const sameOnOtherDays = (day: string) => `The same hours as on ${day} on all open days`;
export const openOffice = "Go to the office";

const REFUSALS: Record<string, string> = {
  wrong_password: "The e-mail address or the password is wrong.",
  wrong_second_factor: "This isn’t the code that your app shows now, or it was used before.",
  link_expired: linkExpired,
  not_signed_in: "You are signed out.",
  forbidden: "You may not do this.",
  last_owner: "This is the last owner. Make somebody else an owner first.",
  email_taken: "Somebody with this e-mail address is a user already.",
  unreachable,
};

/** Why a request as a whole was refused. */
export function refused(code: string, detail: string, retryAfter: number | null): string {
  if (code === "rate_limited") return waitFor(retryAfter ?? 60);
  return REFUSALS[code] ?? (detail || "Something went wrong. Please try again.");
}

function waitFor(seconds: number): string {
  if (seconds < 90) return `Too many attempts. Try again in ${seconds} seconds.`;
  return `Too many attempts. Try again in ${Math.ceil(seconds / 60)} minutes.`;
}

const FAULTS: Record<string, string> = {
  required: "This is needed.",
  too_short: "This is too short.",
  too_long: "This is too long.",
  invalid_email: "This is no e-mail address.",
  too_simple: "This password is guessed soon. Several words that don’t belong together are better.",
  unchanged: "This is the password that you have.",
  out_of_range: "This is past already.",
};

/** What is wrong with a field. */
export const fieldFault = (code: string, detail: string) =>
  FAULTS[code] ?? (detail || "This can’t be right.");

/** What the server says of a field, as a sentence. */
export const sentence = (said: string) =>
  `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? "" : "."}`;
