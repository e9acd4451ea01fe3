import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { connectionSettings } from "../src/connection-settings";
import { awaitsFirstUser, ContractError, databaseContract, type Contract } from "../src/contract";
import { CredentialsError, readCredentials, type CredentialsFormat } from "../src";

interface ContractCase {
  readonly name: string;
  readonly document?: Contract;
  readonly variables?: NodeJS.ProcessEnv;
  readonly database?: string;
  readonly settings: object;
  readonly problems: readonly (readonly string[])[];
}

interface CredentialsCase {
  readonly name: string;
  readonly format: CredentialsFormat;
  readonly text?: string;
  readonly base64?: string;
  readonly user: string;
  readonly password: string;
  readonly reason: string;
}

interface Vectors<T> {
  readonly good: readonly T[];
  readonly bad: readonly T[];
}

function vectors<T>(name: string): Vectors<T> {
  return JSON.parse(fs.readFileSync(path.join(__dirname, "../../vectors", name), "utf8")) as Vectors<T>;
}

/** What this client does otherwise; a case that is mended fails here until it is taken off the list. */
const DEVIATIONS: ReadonlySet<string> = new Set<string>();

function each<T extends { readonly name: string }>(
  cases: readonly T[],
  check: (one: T) => void | Promise<void>,
): void {
  for (const one of cases) (DEVIATIONS.has(one.name) ? test.failing : test)(one.name, async () => check(one));
}

describe.each(["contracts.json", "variables.json"])("%s", (file) => {
  const { good, bad } = vectors<ContractCase>(file);
  const read = ({ document, variables, database }: ContractCase) =>
    variables === undefined
      ? databaseContract(database, {}, document)
      : databaseContract(database, variables, undefined);

  each(good, (one) => {
    const contract = read(one);
    const { name, service, drainSeconds, database } = contract;
    const { endpoint: way, ...rest } = database;
    // Variables have no word for it.
    const endpoint =
      way === undefined ? null : { name: way.name, kind: way.kind, forbids: way.forbids ?? [] };
    const { options } = connectionSettings(contract);
    const searchPath = options?.replace("-c search_path=", "").replaceAll("\\ ", " ") ?? null;
    expect({
      ...{ name, service, drainSeconds, ...rest },
      ...{ endpoint, searchPath, awaitsFirstUser: awaitsFirstUser(database) },
    }).toMatchObject(one.settings);
  });

  each(bad, (one) => {
    const told = problemsOf(() => read(one));
    for (const words of one.problems) {
      expect(told.filter((problem) => words.every((word) => problem.includes(word)))).toHaveLength(1);
    }
  });
});

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ContractError) return error.problems;
    throw error;
  }
  return [];
}

describe("credentials.json", () => {
  const { good, bad } = vectors<CredentialsCase>("credentials.json");
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-vectors-"));
  afterAll(() => fs.rmSync(directory, { recursive: true }));

  const read = ({ format, text = "", base64 }: CredentialsCase) => {
    const file = path.join(directory, "shop");
    fs.writeFileSync(file, base64 === undefined ? text : Buffer.from(base64, "base64"));
    return readCredentials(file, format, undefined);
  };

  each(good, async (one) => {
    expect(await read(one)).toEqual({ user: one.user, password: one.password });
  });

  each(bad, async (one) => {
    const error: unknown = await read(one).catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject({ reason: one.reason });
  });
});
