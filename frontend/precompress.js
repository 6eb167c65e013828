// Writes a Brotli file and a gzip file beside each built file that becomes smaller by compression.
// Caches may keep these files for ever, so this uses the strongest compression, which takes long.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BUILT = "../src/dibs/web/static";
const WORTH = 0.95;

for (const file of readdirSync(BUILT, { recursive: true, withFileTypes: true })) {
  if (!file.isFile() || !/assets$/.test(file.parentPath) || !/\.(js|css|svg)$/.test(file.name)) {
    continue;
  }
  const path = `${file.parentPath}/${file.name}`;
  const content = readFileSync(path);
  const compressed = { br: brotliCompressSync(content), gz: gzipSync(content, { level: 9 }) };
  for (const [ending, shorter] of Object.entries(compressed)) {
    if (shorter.length < WORTH * content.length) writeFileSync(`${path}.${ending}`, shorter);
  }
}
