import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../../src/cli/build.ts";

/** A command line under way. */
export type RunningCommand = {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly output: () => { readonly out: string; readonly err: string };
  /** Resolves when `text` stands in what it printed. @throws if it ends before, with all that it printed */
  readonly prints: (text: string) => Promise<void>;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
};

/** The talk that tests speak: 23 s of speech, made by test/fixtures/README.md. */
export const TALK = join(ROOT, "test/fixtures/talk.opus");

/** Starts one of src/cli as a process of its own, as a person would. */
export function command(name: string, ...flags: readonly string[]): RunningCommand {
  return script(join(ROOT, `src/cli/${name}.ts`), ...flags);
}

/** Starts any script with this Node. */
export function script(path: string, ...flags: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, [path, ...flags], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  started.add(child);
  const said = { out: "", err: "" };
  const watchers = new Set<() => void>();
  child.stdout.on("data", (bytes: Buffer) => {
    said.out += bytes.toString("utf8");
    for (const watch of watchers) watch();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    said.err += bytes.toString("utf8");
    for (const watch of watchers) watch();
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((done) => {
    child.on("close", (code) => {
      started.delete(child);
      done({ code, ...said });
    });
  });
  const prints = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      const watch = (): void => {
        if (!said.out.includes(text) && !said.err.includes(text)) return;
        watchers.delete(watch);
        done();
      };
      watchers.add(watch);
      void ended.then(({ code }) =>
        fail(new Error(`${name(path)} ended with ${code} before it said "${text}":\n${said.out}\n${said.err}`)),
      );
      watch();
    });
  return { child, output: () => ({ ...said }), prints, ended };
}

/** Kills what a failed test left running; a `serve` takes its workerd with it. */
export async function killCommands(): Promise<void> {
  const left = [...started];
  for (const child of left) child.kill("SIGKILL");
  await Promise.all(left.map((child) => new Promise((done) => child.once("close", done))));
}

const started = new Set<ChildProcess>();

/** True while a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function name(path: string): string {
  return path.split("/").at(-1) ?? path;
}
