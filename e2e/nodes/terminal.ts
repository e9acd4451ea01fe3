import { spawn } from "node:child_process";
import { CommandFailed } from "../support/failure";

/** What a person answers when a program asks. */
export interface Answer {
  readonly prompt: string;
  readonly text: string;
}

/**
 * Runs a command of a runbook in a terminal, as a person would, and answers its questions in their order.
 * What it printed, answers not among it where the program hides them.
 */
export async function runInTerminal(
  command: string,
  env: NodeJS.ProcessEnv,
  answers: readonly Answer[] = [],
  timeoutMs = 60_000,
): Promise<string> {
  const shell = spawn(
    "script",
    ["--quiet", "--return", "--flush", "--command", `bash -c '${quoted(command)}'`, "/dev/null"],
    {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const open = [...answers];
  let output = "";
  let seen = 0;
  shell.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    const at = open[0] === undefined ? -1 : output.indexOf(open[0].prompt, seen);
    if (at < 0) return;
    seen = at + (open[0]?.prompt.length ?? 0);
    shell.stdin.write(`${open.shift()?.text}\r`);
  });
  const timer = setTimeout(() => shell.kill("SIGKILL"), timeoutMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    shell.once("error", reject);
    shell.once("close", resolve);
  });
  clearTimeout(timer);
  if (code !== 0) throw new CommandFailed(`${command}\nended with ${code}`, output);
  if (open.length > 0) throw new CommandFailed(`${command}\nnever asked "${open[0]?.prompt}"`, output);
  return output.replaceAll("\r", "").replaceAll(COLOURS, "");
}

const COLOURS = /\u001b\[[\d;]*m/g;

function quoted(command: string): string {
  return command.replaceAll("'", `'\\''`);
}
