/** What the pages about the catalog are called in the menu, which is loaded before them. */
export const services = "Services";
export const people = "People and rooms";
export const closures = "Closures";
export const business = "Business";
