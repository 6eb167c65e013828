// @vitest-environment node
import { build, mergeConfig, type Rolldown } from "vite";
import { expect, it } from "vitest";
import { pageBuild } from "../../vite.config";

const MOST = 3_000;

/** Builds the whole feed, with stream and polling, as an app without the booking page would. */
async function bundle(): Promise<string> {
  const alone = {
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      lib: { entry: ["src/feed/feeds.ts", "src/core/environment.ts"], formats: ["es"] },
    },
  } as const;
  // The booking page puts its first file together in a special way, which doesn't work for a
  // library.
  const { optimization } = pageBuild.rolldownOptions;
  const like = { build: { ...pageBuild, rolldownOptions: { optimization } } };
  const built = (await build(mergeConfig(like, alone))) as Rolldown.RolldownOutput[];
  return built
    .flatMap(({ output }) => output)
    .map((file) => (file.type === "chunk" ? file.code : ""))
    .join("");
}

async function measureZipped(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

it("the feed alone, stream and polling, weighs at most 3 kB", async () => {
  const code = await bundle();
  expect(code).toContain("EventSource");
  expect(code).toContain("If-None-Match");
  expect(await measureZipped(code)).toBeLessThanOrEqual(MOST);
}, 30_000);
