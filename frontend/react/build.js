// Builds what `npm pack` packs, and removes it afterwards: what is built is not kept among the sources.
import { execSync } from "node:child_process";
import { rmSync } from "node:fs";

const here = import.meta.dirname;
rmSync(`${here}/dist`, { recursive: true, force: true });
if (!process.argv.includes("--clean")) {
  const run = (command) => execSync(command, { cwd: `${here}/..`, stdio: ["ignore", 2, 2] });
  run("npx vite build -c vite.react.config.ts");
  run("npx tsc -p tsconfig.package.json");
}
