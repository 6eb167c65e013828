/**
 * The address of the list of customers as it was last shown. The way back from a customer leads
 * there.
 */
let last = "/customers";

export function rememberCustomers(query: string): void {
  last = query ? `/customers?${query}` : "/customers";
}

export const lastCustomers = (): string => last;
