import fs from "node:fs";
import { reportRefusal } from "../../cli/refusal";
import { reportFailure, UsageError } from "../../proof/cli/failure";
import { find } from "../../proof/cli/find";
import { formatTable } from "../../cli/table";
import { InvalidConfigurationError } from "../../lib/core";

test("the table has a line per stack, in columns", () => {
  const row = { environment: "production", services: 3, resources: 21 };
  expect(
    formatTable([
      { ...row, stack: "production-vault", file: "cdktf.out/a" },
      { ...row, stack: "production", file: "cdktf.out/b" },
    ]),
  ).toBe(
    [
      "environment  stack             services  resources  file",
      "production   production-vault  3         21         cdktf.out/a",
      "production   production        3         21         cdktf.out/b",
    ].join("\n"),
  );
});

describe("a failure", () => {
  const log = jest.spyOn(console, "error").mockImplementation(() => {});
  afterEach(() => {
    log.mockClear();
    process.exitCode = 0;
  });

  test("of the user's is told without a stack trace", () => {
    reportFailure(new UsageError("there is no environment"));
    expect(log.mock.calls).toEqual([["error: there is no environment"]]);
    expect(process.exitCode).toBe(2);
  });

  test.each([
    ["a synth, which has judged it", reportRefusal, 1],
    ["any other command, which could not run", reportFailure, 2],
  ])("of the configuration is told without a stack trace, by %s", (_, report, exitCode) => {
    report(
      new InvalidConfigurationError([{ path: "a/b", property: "c", must: "be 1", got: 2, fix: "mend it" }]),
    );
    expect(log.mock.calls).toEqual([
      ["error: the configuration has a problem:\n  [a/b] 'c' must be 1, got 2; mend it"],
    ]);
    expect(process.exitCode).toBe(exitCode);
  });

  test("of the system is told in words, with the path", () => {
    const missing = (() => {
      try {
        return fs.readFileSync("no-such\nfile");
      } catch (error) {
        return error;
      }
    })();
    reportFailure(missing);
    expect(log.mock.calls).toEqual([['error: "no-such\\nfile": is not there']]);
    expect(process.exitCode).toBe(2);
  });

  test("of ours is a line that asks to be reported, and nothing of it that looks like a secret", () => {
    reportFailure(new TypeError("unexpected\n    at nowhere"));
    reportFailure(new Error("postgres://user:canary-8Jx2vQ@host"));
    expect(log.mock.calls.flat()).toEqual([
      expect.stringMatching(/^error: TypeError: unexpected; this is a fault of leasehold's[^\n]*$/),
      expect.not.stringContaining("canary"),
    ]);
    expect(process.exitCode).toBe(2);
  });

  test("of ours is told whole where somebody debugs", () => {
    process.env.LEASEHOLD_DEBUG = "1";
    const fault = new Error("unexpected");
    reportFailure(fault);
    delete process.env.LEASEHOLD_DEBUG;
    expect(log.mock.calls[0]).toEqual([fault]);
  });

  test("of two things at once tells both", () => {
    reportFailure(new AggregateError([new UsageError("one"), new UsageError("two")]));
    expect(log.mock.calls.flat()).toEqual(["error: one", "error: two"]);
  });
});

describe("looking a name up", () => {
  const environments = [{ name: "staging" }, { name: "production" }];

  test("finds it", () => expect(find("environment", "staging", environments)).toBe(environments[0]));

  test("lists the names there are when it is not there", () => {
    expect(() => find("environment", "prod", environments)).toThrow(
      new UsageError('there is no environment "prod"; known: "staging", "production"'),
    );
    expect(() => find("database", "shop", [])).toThrow(
      new UsageError('there is no database "shop"; known: none'),
    );
  });
});
