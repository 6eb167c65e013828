import { defineConfig } from "vite";

/** The package for React apps, with the hooks of the booking page as they are. It is built by `npm pack` in `react/`. */
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
