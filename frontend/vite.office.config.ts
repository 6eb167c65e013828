import { defineConfig } from "vite";
import { jsx, pageBuild, plainDynamicImports } from "./vite.config";

/** The office is a page of its own, with a budget of its own. It is built after the booking page. */
export default defineConfig({
  base: "./",
  plugins: [plainDynamicImports],
  resolve: { alias: { react: "preact/hooks" } },
  oxc: jsx,
  build: {
    ...pageBuild,
    outDir: "../src/dibs/web/static/office",
    rolldownOptions: { ...pageBuild.rolldownOptions, input: "office.html" },
  },
});
