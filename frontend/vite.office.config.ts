import { defineConfig } from "vite";
import { jsx, pageBuild, plainDynamicImports } from "./vite.config";

/**
 * Builds the office, which is a page of its own with its own size limit, after the booking page.
 */
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
