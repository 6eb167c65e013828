/** The address of the list as it was last shown. The way back from a booking leads there. */
let last = "/bookings";

export function rememberList(query: string): void {
  last = query ? `/bookings?${query}` : "/bookings";
}

export const lastList = (): string => last;
