import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { createDecoder } from "libopus-wasm";
import { ROOT } from "../../src/cli/build.ts";
import { usageOf } from "../../src/cli/crowd/process-watch.ts";
import { workerdBinary } from "../../src/cli/server/workerd-binary.ts";
import { readOpusFile } from "../../src/cli/sound/ogg.ts";
import { median } from "./median.ts";

/**
 * What a true mix of four speakers would cost a radio: libopus in workerd, four decoders, a sum and an encoder, for each 20 ms. Prints the share of a
 * core by the encoder's complexity. `node test/bench/mix.ts`
 */

/** How much is mixed in one request, in frames of 20 ms: 30 s. */
const FRAMES = 1_500;
const RUNS = 5;
const PORT = 18_797;

/** libopus is wrapped for the browser, with its bytes inside; workerd wants them as a module of its own. */
const worker = (frames: readonly Uint8Array[]) => `
import wasm from "./opus.wasm";
import { createDecoder, createEncoder, Application } from "libopus-wasm";
WebAssembly.instantiate = async (_bytes, imports) => ({ module: wasm, instance: new WebAssembly.Instance(wasm, imports) });
const frames = ${JSON.stringify(frames.map((frame) => Buffer.from(frame).toString("base64")))}.map((text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)));
const decoders = Promise.all(Array.from({ length: 4 }, () => createDecoder({ channels: 1 })));
export default { async fetch(request) {
  const url = new URL(request.url);
  const voices = (await decoders).slice(0, Number(url.searchParams.get("voices")));
  const encoder = await createEncoder({ channels: 1, bitrate: 32000, application: Application.Voip, complexity: Number(url.searchParams.get("complexity")) });
  let bytes = 0;
  for (let at = 0; at < ${FRAMES}; at++) {
    const mix = new Float32Array(960);
    voices.forEach((decoder, voice) => {
      const pcm = decoder.decodeFloat(frames[(at + voice * 251) % frames.length]);
      for (let i = 0; i < 960; i++) mix[i] += pcm[i] / 2;
    });
    bytes += encoder.encodeFloat(mix).byteLength;
  }
  encoder.free();
  return new Response(String(bytes));
} };`;

const folder = await mkdtemp(join(tmpdir(), "canopy-mix-"));
try {
  await writeFile(join(folder, "opus.wasm"), await wasmOfLibopus());
  const { frames } = await readOpusFile(join(ROOT, "test/fixtures/talk.opus"));
  await build({
    stdin: { contents: worker(frames), resolveDir: ROOT },
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    external: ["./opus.wasm", "node:*"],
    // It would take workerd for Node.
    define: { "globalThis.process": "undefined", "import.meta.url": '"https://libopus/"' },
  });
  await writeFile(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "mix", worker = .mix)], sockets = [(name = "http", address = "127.0.0.1:${PORT}", http = (), service = "mix")]);
const mix :Workerd.Worker = (modules = [(name = "worker.js", esModule = embed "worker.js"), (name = "opus.wasm", wasm = embed "opus.wasm")], compatibilityDate = "2026-11-15");`,
  );
  const server = spawn(workerdBinary(), ["serve", join(folder, "config.capnp")], { stdio: ["ignore", "inherit", "inherit"] });
  try {
    for (const [voices, complexity] of [
      [0, 0],
      [1, 0],
      [4, 0],
      [4, 5],
      [4, 10],
    ] as const) {
      const cpuMs = () => usageOf(server.pid ?? 0)?.cpuMs ?? 0;
      const shares: number[] = [];
      for (let run = -1; run < RUNS; run++) {
        const before = cpuMs();
        await answered(`http://127.0.0.1:${PORT}/?voices=${voices}&complexity=${complexity}`);
        // The first one compiles.
        if (run >= 0) shares.push((cpuMs() - before) / (FRAMES * 20));
      }
      const share = median(shares) ?? Number.NaN;
      console.log(
        `${voices} speakers, complexity ${complexity}: ${(100 * share).toFixed(2)} % of a core, ${(share * 20_000).toFixed(0)} µs for 20 ms`,
      );
    }
  } finally {
    server.kill("SIGKILL");
  }
} finally {
  await rm(folder, { recursive: true });
}

/** The bytes that the library carries inside: what it instantiates when it is first used. */
async function wasmOfLibopus(): Promise<Uint8Array> {
  let found = new Uint8Array();
  const instantiate = WebAssembly.instantiate.bind(WebAssembly);
  Reflect.set(WebAssembly, "instantiate", (bytes: Uint8Array<ArrayBuffer>, imports: WebAssembly.Imports) => {
    found = bytes;
    return instantiate(bytes, imports);
  });
  (await createDecoder({ channels: 1 })).free();
  return found;
}

async function answered(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) {
      const text = await answer.text();
      if (!answer.ok || Number(text) < 1_000) throw new Error(`the worker said ${answer.status} ${text}`);
      return;
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error("the worker did not answer");
}
