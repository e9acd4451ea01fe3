import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { render } from "../../lib/synth/render";
import { maximal } from "../support/maximal";

/** Where a path of Vault stands in what is rendered: arguments, annotations, policies and templates. */
const PLACES: readonly [key: RegExp, paths: (text: string) => string[]][] = [
  [/^(path|backend)$/, (text) => [text]],
  [/^vault\.hashicorp\.com\/(auth-path|agent-inject-secret-.*)$/, (text) => [text]],
  [/^policy$/, (text) => [...text.matchAll(/path "([^"]+)"/g)].map(([, each = ""]) => each)],
  [
    /^vault\.hashicorp\.com\/agent-inject-template-/,
    (text) => [...text.matchAll(/secret "([^"]+)"/g)].map(([, each = ""]) => each),
  ],
];

function pathsIn(value: unknown, key = ""): string[] {
  if (typeof value === "string")
    return PLACES.filter(([place]) => place.test(key)).flatMap(([, paths]) => paths(value));
  if (typeof value !== "object" || value === null) return [];
  // CDKTF's remark for its own command line.
  const entries = Object.entries(value).filter(([inner]) => inner !== "//");
  return entries.flatMap(([inner, each]) => pathsIn(each, Array.isArray(value) ? key : inner));
}

/** The paths in what each of the environments comes to, with a word for each reference. */
function renderedPaths(): string[] {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-paths-"));
  try {
    const resources = render(maximal, directory).map(({ file }) => {
      const stack = JSON.parse(fs.readFileSync(path.join(directory, file), "utf8")) as Stack;
      return Object.entries(stack.resource ?? {}).filter(([type]) => /^(vault|kubernetes)_/.test(type));
    });
    return [...new Set(pathsIn(resources).map((each) => each.replace(/\$\{[^}]*\}/g, "mount")))];
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

interface Stack {
  readonly resource?: Readonly<Record<string, unknown>>;
}

test("every path of Vault is canonical: Vault 2.0 refuses others", () => {
  // Those of probes and tokens are no paths of Vault.
  const ofVault = renderedPaths().filter((each) => !each.startsWith("/") && each !== "token");
  expect(ofVault).toEqual(
    expect.arrayContaining([
      "database/all",
      "auth/kubernetes/all",
      "mount/rotate-root/shop",
      "database/all/creds/orders-shop",
    ]),
  );
  expect(ofVault.filter((each) => path.posix.normalize(each) !== each || each.endsWith("/"))).toEqual([]);
}, 60_000);
