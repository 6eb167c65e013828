import type { Plugin } from "vitest/config";
import en from "./src/booking/languages/en.json" with { type: "json" };

const PREFIX = "\0language/";
const LATER = "later-";
const { later: enLater, ...enFirst } = en;
const places = { texts: Object.keys(enFirst), later: Object.keys(enLater) };
type Texts = Record<string, unknown> & { later: Record<string, unknown> };

const nameIn = (id: string) => id.slice(id.lastIndexOf("/") + 1, id.lastIndexOf("."));

/**
 * Makes two lists of texts for each language, and replaces the name of each text in the code by its
 * place in the list, because the names would be as large as the texts. What the server writes
 * before any script runs goes into `languages.json`, for each language.
 */
export function languageFiles(): Plugin {
  const languages = new Map<string, Texts>();
  let isBuilt = false;
  return {
    name: "language-files",
    enforce: "pre",
    configResolved({ command }) {
      isBuilt = command === "build";
    },
    async resolveId(source, importer) {
      const [file = "", part] = source.split("?");
      if (!/\/languages\/\w+\.json$/.test(file)) return null;
      const found = await this.resolve(file, importer, { skipSelf: true });
      if (!found || !isBuilt) return found;
      this.addWatchFile(found.id);
      const text = await this.fs.readFile(found.id, { encoding: "utf8" });
      languages.set(nameIn(found.id), JSON.parse(text));
      return `${PREFIX}${part ? LATER : ""}${nameIn(found.id)}.js`;
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null;
      const name = nameIn(id);
      const texts = languages.get(name.replace(LATER, ""));
      if (!texts) return null;
      const listed = name.startsWith(LATER)
        ? { later: places.later.map((place) => texts.later[place]) }
        : places.texts.map((place) => texts[place]);
      return `export default ${JSON.stringify(listed)}`;
    },
    transform(code, id) {
      if (!isBuilt || !id.includes("/src/booking/")) return null;
      return code.replace(/\b(texts|later)\.(\w+)/g, (named, list: keyof typeof places, name) => {
        const place = places[list].indexOf(name);
        return place < 0 ? named : `${list}[${place}]`;
      });
    },
    generateBundle(_, bundle) {
      const described = Object.values(bundle).flatMap((chunk) => {
        const id = (chunk.type === "chunk" && chunk.facadeModuleId) || "";
        const texts = id.startsWith(PREFIX) && languages.get(nameIn(id));
        if (!texts) return [];
        const { direction, pageTitle: title, needsScript: needs_script } = texts;
        return [[nameIn(id), { file: chunk.fileName, direction, title, needs_script }]];
      });
      const source = JSON.stringify(Object.fromEntries(described), null, 1);
      this.emitFile({ type: "asset", fileName: "languages.json", source });
    },
  };
}
