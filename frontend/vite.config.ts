import type { BuildOptions, OxcOptions } from "vite";
import { defineConfig, type Plugin } from "vitest/config";
import { languageFiles } from "./vite.languages.ts";

/**
 * Makes dynamic imports plain: no chunk of this page has styles of its own, so nothing else has to
 * be loaded.
 */
export const plainDynamicImports: Plugin = {
  name: "plain-dynamic-imports",
  enforce: "pre",
  load(id) {
    if (!id.endsWith("vite/preload-helper.js")) return null;
    return "export const __vitePreload = (load) => load();";
  },
};

type FindModule = (id: string) => { importers: string[] } | null;

/** Tells whether the page imports a module before it shows anything. */
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
  // The first page needs several files. The HTML names them all, so that they are loaded at the
  // same time.
  modulePreload: {
    polyfill: false,
    resolveDependencies: (_, files, { hostType }) => (hostType === "html" ? files : []),
  },
  target: "es2022",
  // The result is about 200 bytes smaller than that of the built-in minifier.
  minify: "terser",
  terserOptions: { module: true, ecma: 2020, compress: { passes: 3, inline: 1 } },
  rolldownOptions: {
    // Each text is in the same file as the code that shows it.
    optimization: { inlineConst: { mode: "all", pass: 2 } },
    // The code that is needed first is one file, because several files would be larger.
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

// The classic JSX is smaller than the automatic one, which needs a runtime.
export const jsx = {
  jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" },
  jsxInject: 'import { Fragment, h } from "preact";',
} satisfies OxcOptions;

/** The tests that run the hooks with React itself instead of Preact. */
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
    // All test files share one document, because a new one for each file would take most of the
    // time. Each test begins by creating what it needs.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: "page",
          environment: "jsdom",
          setupFiles: ["src/testing/english.ts", "src/testing/effects.ts"],
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
