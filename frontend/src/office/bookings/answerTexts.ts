/** Every sentence about requests that are to be approved; used as `answers.something`. */

export const toApprove = "To approve";
export const toApproveCount = (count: number) => `${toApprove} (${count})`;
export const approve = "Approve";
export const decline = "Decline";
export const declineTitle = "Decline this request?";
export const declineHint =
  "Its time is free again at once. If the customer has an e-mail address, they are told.";
export const reason = "Reason";
export const reasonHint = "The customer reads it in the letter.";
export const back = "Back";
export const approved = (name: string) => `The request of ${name} is approved.`;
export const declined = (name: string) => `The request of ${name} is declined.`;
export const answerUntil = (until: string) =>
  `It waits for your answer. Without one it is declined on ${until}.`;
export const newRequest = (name: string, what: string, when: string) =>
  `New request: ${name}, ${what}, ${when}`;
export const because = (why: string) => `“${why}”`;
