/** Puts the font beside the built pages with which the server draws pictures for shared links. */
import { cpSync } from "node:fs";

const FONTS = import.meta.resolve("dejavu-fonts-ttf/package.json");
const BUILT = new URL("../../src/dibs/web/static/fonts/", import.meta.url);

for (const path of ["ttf/DejaVuSans-Bold.ttf", "LICENSE"]) {
  cpSync(new URL(path, FONTS), new URL(path.replace(/.*\//, ""), BUILT));
}
