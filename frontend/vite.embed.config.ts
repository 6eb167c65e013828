import { bundle, transform } from "lightningcss";
import { defineConfig, type Plugin } from "vite";
import { jsx, pageBuild, plainDynamicImports } from "./vite.config.ts";
import { languageFiles } from "./vite.languages.ts";

const STYLES = "src/embed/styles/embed.css";
/** The module with the first texts of a language. */
const LANGUAGE = /language\/(\w+)\.js$/;
const SYMBOLS = "virtual:symbols";

/**
 * Provides the icons of the page's HTML as a module, because a shadow tree doesn't see those in the
 * HTML.
 */
const symbols: Plugin = {
  name: "symbols",
  resolveId: (id) => (id === SYMBOLS ? `\0${SYMBOLS}` : null),
  async load(id) {
    if (id !== `\0${SYMBOLS}`) return null;
    const html = await this.fs.readFile("index.html", { encoding: "utf8" });
    const found = html.matchAll(/<symbol id="([\w-]+)"[^>]*><path d="([^"]+)"/g);
    return `export const symbols = ${JSON.stringify([...found].map(([, ...each]) => each))};`;
  },
};

/**
 * Replaces the step with the times by a module that loads it later, because it isn't shown first.
 */
const laterTimeStep: Plugin = {
  name: "later-time-step",
  enforce: "pre",
  resolveId(id, importer) {
    const isOfPage = importer?.endsWith("/booking/BookingPage.tsx");
    return isOfPage && id === "./steps/TimeStep"
      ? this.resolve("/src/embed/laterTimeStep.tsx")
      : null;
  },
};

/**
 * Converts the page's styles for a shadow tree in a page of another site. There the width of the
 * element counts, and the size of the text around it.
 */
function shadowStyles(css: string): string {
  return css
    .replace(/@media \((width [<>]=) ([\d.]+)rem\)/g, "@container dibs ($1 $2em)")
    .replace(/@(?:media|container) \([^)]*\)/g, (query) => query.replaceAll("rem", "em"))
    .replace(/(?<![\w.-])(\d*\.?\d+)rem\b/g, "calc($1 * var(--dibs-rem))")
    .replace(/:root(\[[^\]]+\])/g, ":host($1)")
    .replace(/^(\s*):root\b/gm, "$1:host")
    .replace(/^(\s*)(?:html|body) \{/gm, "$1.dibs {");
}

/**
 * Writes `embed.js`, which contains the names of the other files, and `files.json`, which has only
 * the names.
 */
const loader: Plugin = {
  name: "loader",
  enforce: "post",
  buildStart() {
    const whole = shadowStyles(bundle({ filename: STYLES }).code.toString());
    const { code } = transform({
      filename: STYLES,
      code: new TextEncoder().encode(whole),
      minify: true,
    });
    this.emitFile({ type: "asset", name: "embed.css", source: code });
  },
  generateBundle(_, files) {
    const named = Object.values(files);
    const chunk = (name: string) =>
      named.find((file) => file.type === "chunk" && file.name === name)?.fileName;
    const [script, times] = [chunk("app"), chunk("TimeStep")];
    const styles = named.find(({ fileName }) => fileName.endsWith(".css"))?.fileName;
    const entry = files["embed.js"];
    if (!script || !times || !styles || entry?.type !== "chunk")
      throw new Error("embed: a file is missing");
    if (entry.imports.length > 0) throw new Error("embed.js is no module and can’t import");
    const languages = named.flatMap((file) => {
      const [, tag] = (file.type === "chunk" && file.facadeModuleId?.match(LANGUAGE)) || [];
      return tag ? [[tag, `embed/${file.fileName}`]] : [];
    });
    const names = {
      script: `embed/${script}`,
      times: `embed/${times}`,
      styles: `embed/${styles}`,
      languages: Object.fromEntries(languages),
    };
    const code = entry.code
      .replace("DIBS_FILES", JSON.stringify(names))
      .replaceAll("importScript(", "import(");
    // The scripts of the page that loads it must not see any of its names.
    entry.code = `(()=>{${code}})();\n`;
    this.emitFile({ type: "asset", fileName: "files.json", source: JSON.stringify(names) });
  },
};

/** Builds the booking page for pages of other sites, after the booking page itself. */
export default defineConfig({
  base: "./",
  plugins: [plainDynamicImports, languageFiles(), symbols, laterTimeStep, loader],
  resolve: { alias: { react: "preact/hooks" } },
  oxc: jsx,
  build: {
    ...pageBuild,
    outDir: "../src/dibs/web/static/embed",
    rolldownOptions: {
      ...pageBuild.rolldownOptions,
      input: { app: "src/embed/app.tsx", embed: "src/embed/loader.ts" },
      preserveEntrySignatures: "allow-extension",
      // The import of Preact for JSX is added to every file. A file without JSX must not load
      // Preact.
      treeshake: { moduleSideEffects: (id) => !id.includes("/preact/") },
      output: {
        entryFileNames: ({ name }) => (name === "embed" ? "embed.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
