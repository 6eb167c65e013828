/** The public names of the package for React apps. */
export type { Environment } from "../core/environment";
export type { DayView, Resource, Service, Slot, SlotState } from "../core/wire";
export type { FeedState, FeedStatus } from "../feed/feed";
export { type SlotPolling, type SlotPollingOptions, useSlotPolling } from "../react/useSlotPolling";
export { type Slots, useSlots } from "../react/useSlots";
export { connectTo } from "./connectTo";
export { type BookedTime, DibsBooking, type DibsBookingProps, type HeldTime } from "./DibsBooking";
