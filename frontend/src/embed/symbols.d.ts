/** The icons of `index.html`, each with its line. The build makes this module. */
declare module "virtual:symbols" {
  export const symbols: readonly (readonly [id: string, line: string])[];
}
