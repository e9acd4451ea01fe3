import { spawnSync } from "node:child_process";
import { blocks, commandsOf, type Block } from "../support/pages";
import { PageWorld, type Situation } from "./page-world";

/** What a command of a page needs that is not there in a test, by the program that it begins with. */
const NOT_RUN: readonly [program: RegExp, because: string][] = [
  [/^(for pod in .*)?kubectl /, "there is no cluster"],
  [/^(\(\. <\()?vault /, "there is no Vault"],
  [
    /^terraform .*state (pull|push) |^for address in .*terraform state |^rm old\.tfstate/s,
    "there is no state",
  ],
  [
    /^(pip|pytest|go|mvn) |^bash \.ci\/(cdktn|go|java|libraries|matrix|postgres)\b/,
    "a step of .ci/run runs it",
  ],
  [/^bash \.ci\/run$/, "it runs this"],
  [/^npx leasehold diff origin\/main$/, "test/cli/git-ref.test.ts runs it in a repository of its own"],
];

/** Commands that need a service on its way from a static password. */
const SITUATIONS: readonly [command: RegExp, situation: Situation][] = [
  [/leasehold (migrate|observe) /, "static"],
  [/leasehold retire-sql /, "complete"],
];

/** Commands that answer with 1 where they have found something, which is no fault of the page. */
const FINDS = /leasehold migrate /;

const commands = blocks()
  .filter(({ language }) => language === "sh")
  .flatMap((block) => commandsOf(block).map((command) => ({ block, command })));

const placeOf = ({ page, line }: Block) => `${page}:${line}`;
const isRun = (command: string) => !NOT_RUN.some(([program]) => program.test(command));
const situationOf = (command: string): Situation =>
  SITUATIONS.find(([pattern]) => pattern.test(command))?.[1] ?? "as it is";

test.each(blocks().filter(({ language }) => language === "sh"))("$page:$line is shell", ({ text }) => {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("every reason not to run a command is needed", () => {
  const unused = NOT_RUN.filter(([program]) => !commands.some(({ command }) => program.test(command)));
  expect(unused).toEqual([]);
});

let world: PageWorld;
beforeAll(async () => void (world = await PageWorld.create()), 120_000);
afterAll(() => world.remove());

describe.each<Situation>(["as it is", "static", "complete"])("with the services %s", (situation) => {
  beforeAll(() => world.become(situation), 120_000);

  const here = commands.filter(({ command }) => isRun(command) && situationOf(command) === situation);
  test.each(here.map(({ block, command }) => [placeOf(block), command] as const))(
    "%s: %s",
    (_, command) => {
      const { status, stderr } = world.run(command);
      const found = FINDS.test(command) && status === 1;
      expect({ command, status: found ? 0 : status, stderr }).toMatchObject({ command, status: 0 });
    },
    60_000,
  );
});
