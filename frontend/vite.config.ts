import type { BuildOptions, OxcOptions } from "vite";
import { defineConfig, type Plugin } from "vitest/config";
import { languageFiles } from "./vite.languages.ts";

/** A chunk of this page brings no styles of its own, so that importing it is all there is to do. */
export const plainDynamicImports: Plugin = {
  name: "plain-dynamic-imports",
  enforce: "pre",
  load(id) {
    if (!id.endsWith("vite/preload-helper.js")) return null;
    return "export const __vitePreload = (load) => load();";
  },
};

type FindModule = (id: string) => { importers: string[] } | null;

/** Whether the page imports a module before it shows anything. */
function isFirst(id: string, find: FindModule, seen = new Set<string>()): boolean {
  if (id.endsWith("/src/main.tsx")) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return find(id)?.importers.some((importer) => isFirst(importer, find, seen)) ?? false;
}

export const pageBuild = {
  outDir: "../src/dibs/web/static",
  emptyOutDir: true,
  assetsInlineLimit: 0,
  cssCodeSplit: false,
  // The first page is several files; the page names them all, so that they come at once.
  modulePreload: {
    polyfill: false,
    resolveDependencies: (_, files, { hostType }) => (hostType === "html" ? files : []),
  },
  target: "es2022",
  // Weighs some 200 bytes less than what the built-in minifier leaves.
  minify: "terser",
  terserOptions: { module: true, ecma: 2020, compress: { passes: 3, inline: 1 } },
  rolldownOptions: {
    // A text travels with the page that shows it.
    optimization: { inlineConst: { mode: "all", pass: 2 } },
    // What comes first is one file: several would weigh more.
    output: {
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [
          {
            name: (id, build) => (isFirst(id, (each) => build.getModuleInfo(each)) ? "page" : null),
          },
        ],
      },
    },
  },
} satisfies BuildOptions;

// The classic form weighs less than the automatic one, which brings a runtime of its own.
export const jsx = {
  jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" },
  jsxInject: 'import { Fragment, h } from "preact";',
} satisfies OxcOptions;

/** These run the hooks with React itself instead of Preact. */
const WITH_REACT = "src/**/*.react.test.ts";

export default defineConfig({
  // The server says where it is: see `data-base`.
  base: "./",
  plugins: [plainDynamicImports, languageFiles()],
  resolve: {
    // The hooks are written for React and Preact alike; the page brings Preact.
    alias: { react: "preact/hooks" },
  },
  oxc: jsx,
  build: pageBuild,
  test: {
    // To give each file a page of its own takes most of the time; they share one, and each test
    // begins by making what it needs.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: "page",
          environment: "jsdom",
          setupFiles: ["src/testing/english.ts"],
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: [WITH_REACT],
        },
      },
      {
        extends: false,
        test: { name: "react", environment: "jsdom", isolate: false, include: [WITH_REACT] },
      },
    ],
  },
});
