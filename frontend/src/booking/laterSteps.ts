/** The steps after the choice of a time. Their code is loaded while the visitor chooses. */

export { DetailsStep } from "./steps/DetailsStep";
export { DoneStep } from "./steps/DoneStep";
