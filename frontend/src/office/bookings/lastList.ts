/** The list as it was last, so that one comes back to it from a booking. */
let last = "/bookings";

export function rememberList(query: string): void {
  last = query ? `/bookings?${query}` : "/bookings";
}

export const lastList = (): string => last;
