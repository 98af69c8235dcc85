import { spawn } from "node:child_process";

/**
 * Ends process `pid` when this process dies, even by SIGKILL.
 *
 * A shell waits on a pipe from this process: the pipe closes with it, whatever ends it. `release` tells the shell
 * to go without doing anything. (Linux has a call for this, but Node cannot make it; a pipe works everywhere.)
 */
export function watchdog(pid: number | undefined): { readonly release: () => void } {
  if (pid === undefined) return { release: () => undefined };
  const script = 'read -r word; [ "$word" = released ] && exit; kill -TERM "$0"; sleep 2; kill -KILL "$0"';
  const shell = spawn("sh", ["-c", script, String(pid)], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  // It must not keep this process alive, and a shell that is gone must not end it.
  shell.unref();
  shell.on("error", () => undefined);
  shell.stdin.on("error", () => undefined);
  return { release: () => shell.stdin.end("released\n") };
}
