const MOMENT = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "short",
});

/** An instant as people in this place and language write it. */
export const moment = (instant: string) => MOMENT.format(new Date(instant));
