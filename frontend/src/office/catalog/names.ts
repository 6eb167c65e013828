/** The names of the catalog's pages in the menu, which is loaded before the pages. */
export const services = "Services";
export const people = "People and rooms";
export const closures = "Closures";
export const business = "Business";
