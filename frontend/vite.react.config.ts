import { defineConfig } from "vite";

/**
 * Builds the package for React apps, with the hooks of the booking page unchanged. `npm pack` in
 * `react/` runs it.
 */
export default defineConfig({
  resolve: { alias: [{ find: /^\.\/base$/, replacement: "/src/package/noBase.ts" }] },
  build: {
    outDir: "react/dist",
    target: "es2022",
    minify: false,
    lib: { entry: "src/package/index.ts", formats: ["es"], fileName: "index" },
    rolldownOptions: { external: ["react"] },
  },
});
