import { Testing, TerraformStack } from "cdktf";
import {
  assertValid,
  describe as show,
  holdsSecret,
  integerProblems,
  InvalidConfigurationError,
  preventDestroy,
  protectionProblems,
  reasonProblems,
  repeated,
  within,
} from "../../lib/core";
import { escapeTemplate } from "../../lib/core/terraform";

describe("assertValid", () => {
  const stack = new TerraformStack(Testing.app(), "production");
  const problem = (property: string) => ({ property, must: "be 1", got: 2, fix: "write 1" });

  test("is silent without problems", () => expect(() => assertValid(stack, "orders", [])).not.toThrow());

  test("throws all problems at once, with the construct path", () => {
    const error = catchError(() => assertValid(stack, "orders", [problem("a"), problem("b")]));
    expect(error).toBeInstanceOf(InvalidConfigurationError);
    expect(error.message).toBe(
      [
        "the configuration has 2 problems:",
        "  [production/orders] 'a' must be 1, got 2; write 1",
        "  [production/orders] 'b' must be 1, got 2; write 1",
      ].join("\n"),
    );
  });

  test("speaks of a single problem in the singular", () => {
    expect(catchError(() => assertValid(stack, "orders", [problem("a")])).message).toMatch(
      /^the configuration has a problem:/,
    );
  });
});

test("problems can be seen from the object above", () => {
  const inner = { property: "max", must: "m", got: 1, fix: "f" };
  expect(within("ttl", [inner])).toEqual([{ ...inner, property: "ttl.max" }]);
  expect(within("ttl", [{ ...inner, property: "" }])).toEqual([{ ...inner, property: "ttl" }]);
});

test.each([
  [undefined, "nothing"],
  ["a", '"a"'],
  [["a"], '["a"]'],
  ["x".repeat(100), `"${"x".repeat(76)}…`],
  ["-----BEGIN PRIVATE KEY-----", "a value that looks like a secret (withheld)"],
  ["postgresql://u:hunter2@h/d", '"postgresql://…@h/d"'],
  ["eyJhbGciOi.eyJzdWIiOi", "a value that looks like a secret (withheld)"],
  ["hvs.CAESIJ12345678", "a value that looks like a secret (withheld)"],
])("error texts show %j as %s", (value, text) => expect(show(value)).toBe(text));

test("a long text is looked at in no more time than its length", () => {
  for (const part of ["a_", "eyJ-", "://", "SG.a", "password", "x", "-token"])
    expect(holdsSecret(part.repeat(200_000))).toBe(false);
}, 20_000);

test("whole numbers have bounds", () => {
  expect(integerProblems("replicas", 1, 1, 3)).toEqual([]);
  expect(integerProblems("replicas", 3, 1, 3)).toEqual([]);
  for (const value of [0, 4, 1.5, Number.NaN]) {
    expect(integerProblems("replicas", value, 1, 3)).toEqual([
      {
        property: "replicas",
        must: "be a whole number from 1 to 3",
        got: value,
        fix: "choose one from 1 to 3",
      },
    ]);
  }
});

test("a reason has to say something", () => {
  expect(reasonProblems("reason", "no certificate yet")).toEqual([]);
  for (const reason of [undefined, "", "because", "          x"])
    expect(reasonProblems("reason", reason)).toHaveLength(1);
});

test("protection is the default, and its absence needs a reason", () => {
  expect(preventDestroy({ kind: "protected" })).toBe(true);
  expect(preventDestroy({ kind: "disposable", reason: "a laptop" })).toBe(false);
  expect(protectionProblems("protection", { kind: "protected" })).toEqual([]);
  expect(protectionProblems("protection", { kind: "disposable", reason: "" })).toMatchObject([
    { property: "protection.reason" },
  ]);
});

test("repeated values are named once", () => expect(repeated(["a", "b", "a", "a"])).toEqual(["a"]));

test("text of others is no Terraform template", () => {
  expect(escapeTemplate("${HOME} %{ if } {{ .Data }} $x %")).toBe("$${HOME} %%{ if } {{ .Data }} $x %");
});

function catchError(action: () => void): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

test("a mistake in what several environments share is told once, with the environments that it concerns", () => {
  const problem = { property: "ttl.max", must: 'be at most "24h"', got: "48h", fix: "shorten it" };
  const error = new InvalidConfigurationError([
    { ...problem, path: "staging/orders" },
    { ...problem, path: "production/orders" },
    { ...problem, path: "production/billing" },
    { ...problem, path: "local/orders", got: "72h" },
    { ...problem, path: "staging", property: "services" },
    { ...problem, path: "production", property: "services" },
  ]);
  expect(error.message).toBe(
    [
      "the configuration has 4 problems:",
      `  [staging, production: orders] 'ttl.max' must be at most "24h", got "48h"; shorten it`,
      `  [production/billing] 'ttl.max' must be at most "24h", got "48h"; shorten it`,
      `  [local/orders] 'ttl.max' must be at most "24h", got "72h"; shorten it`,
      `  [staging, production] 'services' must be at most "24h", got "48h"; shorten it`,
    ].join("\n"),
  );
  expect(error.problems).toHaveLength(6);
});
