import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** What Terraform makes of an expression: its value in JSON, or that it refuses. */
export type Answer = { readonly json: string } | { readonly refused: true };

const REFUSED: Answer = { refused: true };

/** The version of the `terraform` on PATH; nothing where there is none. */
export function terraformVersion(): string | undefined {
  const { stdout, status } = terraform(["version", "-json"], os.tmpdir());
  return status === 0 ? (JSON.parse(stdout) as { terraform_version: string }).terraform_version : undefined;
}

/** The names of all functions of the `terraform` on PATH. */
export function terraformFunctions(): string[] {
  const { stdout } = terraform(["metadata", "functions", "-json"], os.tmpdir());
  const { function_signatures: signatures } = JSON.parse(stdout) as { function_signatures: object };
  return Object.keys(signatures).filter((name) => !name.startsWith("core::"));
}

/** What `terraform console` answers in a folder with some files; an expression that it cannot
 * parse is refused, and those are best asked alone. */
export function askTerraform(
  expressions: readonly string[],
  files: Readonly<Record<string, string>>,
  alone: readonly string[] = [],
): Map<string, Answer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-console-"));
  try {
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
    const invalid = expressions.filter((expression) => alone.includes(expression));
    const others = expressions.filter((expression) => !alone.includes(expression));
    return new Map([...ask(others, folder), ...invalid.flatMap((each) => [...ask([each], folder)])]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** One process answers all, unless it cannot parse one of them, or refuses it before it computes anything. */
function ask(expressions: readonly string[], folder: string): Map<string, Answer> {
  if (expressions.length === 0) return new Map();
  const locals = expressions.map(
    (expression, index) =>
      `e${index} = try({ json = nonsensitive(jsonencode(${expression})) }, { refused = true })`,
  );
  const all = locals.map((_, index) => `local.e${index}`).join(", ");
  const last = `all = base64encode(jsonencode([${all}]))`;
  fs.writeFileSync(path.join(folder, "expressions.tf"), `locals {\n${[...locals, last].join("\n")}\n}\n`);
  const { status, stdout } = terraform(["console"], folder, "local.all\n");
  if (status === 0 && stdout.startsWith('"')) {
    const text = Buffer.from(JSON.parse(stdout) as string, "base64")
      .toString()
      .replaceAll(folder, "/folder");
    const answers = JSON.parse(text) as readonly Answer[];
    return new Map(expressions.map((expression, index) => [expression, answers[index] ?? REFUSED]));
  }
  if (expressions.length === 1) return new Map([[expressions[0] ?? "", REFUSED]]);
  const half = Math.ceil(expressions.length / 2);
  return new Map([...ask(expressions.slice(0, half), folder), ...ask(expressions.slice(half), folder)]);
}

function terraform(args: readonly string[], cwd: string, input = "") {
  const env = {
    ...process.env,
    // `~` is the same folder on every machine.
    HOME: "/home/somebody",
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: os.devNull,
    TF_IN_AUTOMATION: "1",
  };
  return spawnSync("terraform", args, { cwd, env, input, encoding: "utf8", maxBuffer: 1 << 28 });
}
