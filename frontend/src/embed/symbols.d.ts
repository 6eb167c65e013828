/** Made by the build from `index.html`: the icons, each with its line. */
declare module "virtual:symbols" {
  export const symbols: readonly (readonly [id: string, line: string])[];
}
