/** The list of customers as it was last, so that one comes back to it from a customer. */
let last = "/customers";

export function rememberCustomers(query: string): void {
  last = query ? `/customers?${query}` : "/customers";
}

export const lastCustomers = (): string => last;
