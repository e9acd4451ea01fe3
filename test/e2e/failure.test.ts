import assert from "node:assert/strict";
import { CommandFailed, formatFailure, LINES_OF_OUTPUT, wholeFailure } from "../../e2e/support/failure";

const LOG = "/tmp/logs/failures/apply.log";
const PLAN = Array.from({ length: 230 }, (_, index) => `  + line ${index + 1} of the plan`).join("\n");
/** As Terraform frames it. */
const FRAMED = `
╷
│ Error: error enabling the auth method: path is already in use at kubernetes/
│ 
│   with vault_auth_backend.KubernetesAuth,
│   on cdk.tf.json line 60, in resource.vault_auth_backend.KubernetesAuth:
│   60:       }
│ 
╵
`;
const PLAIN = FRAMED.replace(/[│╷╵] ?/g, "");

test.each([
  ["framed", FRAMED],
  ["plain", PLAIN],
])("Terraform's error (%s) comes first, then the end of what led there", (_form, error) => {
  const failure = new CommandFailed("terraform apply of bench-platform failed", `${PLAN}\n${error}`);
  const lines = formatFailure(failure, LOG).split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "terraform apply of bench-platform failed",
    "Error: error enabling the auth method: path is already in use at kubernetes/",
    "  with vault_auth_backend.KubernetesAuth,",
  ]);
  const from = lines.findIndex((line) => line.startsWith("what led there, the last 30 of "));
  expect(lines.slice(from + 1, -1)).toHaveLength(LINES_OF_OUTPUT);
  expect(lines.at(-1)).toBe(`all of it: ${LOG}`);
  expect(wholeFailure(failure)).toContain("line 1 of the plan");
});

test("two errors are both told", () => {
  const { message } = new CommandFailed(
    "terraform apply failed",
    `${FRAMED}${FRAMED.replace("auth method", "mount")}`,
  );
  expect(message.split("\n").filter((line) => line.startsWith("Error:"))).toHaveLength(2);
});

test("a short failure is told whole", () => {
  expect(formatFailure(new CommandFailed("initdb ended with 1", "no space left\n"), LOG)).toMatch(
    /^initdb ended with 1\n(\s+at .*\n)*what led there:\n {2}no space left\nall of it: /,
  );
  expect(formatFailure("no Vault", LOG)).toBe(`no Vault\nall of it: ${LOG}`);
});

test("an assertion on a long value is cut as well", () => {
  let failure: unknown;
  try {
    assert.deepEqual(PLAN.split("\n"), [], "the second plan is not empty");
  } catch (error) {
    failure = error;
  }
  expect(formatFailure(failure, LOG).split("\n")[0]).toBe("the second plan is not empty");
  const long = formatFailure(new Error(`too much:\n${PLAN}`), LOG).split("\n");
  expect(long[0]).toBe("too much:");
  expect(long.length).toBeLessThan(60);
  expect(long).toContain(`what led there, the last ${LINES_OF_OUTPUT} of 219 lines:`);
});
