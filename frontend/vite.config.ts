import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    // The hooks are written for React and Preact alike; the page brings Preact.
    alias: { react: "preact/hooks" },
  },
  build: {
    outDir: "../src/dibs/web/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
