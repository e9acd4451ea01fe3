/**
 * `npm run bench:terraform`: what stands behind a synth. The stacks of an environment are applied to a real Vault and a real
 * API server, in one state and in one for each team: the time and the memory of Terraform and its providers, and how often
 * both servers are asked. As root on Linux, like the end-to-end bench, whose servers these are.
 *
 * `--services 10 --services 100` says how many services there are, `--layout "one stack"` which layout.
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { abandon, enclosed, onEndOfEnclosure, recordPorts, runEnclosed } from "../../e2e/enclosure";
import { kubeconfig } from "../../e2e/servers/kubeconfig";
import {
  startServers,
  type Ports,
  type ServersWithoutNodes as Servers,
} from "../../e2e/servers/without-nodes";
import { bootstrap, createShop, majorVersion } from "../../e2e/support/database";
import { freePorts } from "../../e2e/support/ports";
import { Teardown } from "../../e2e/support/teardown";
import { errorMessage } from "../../e2e/support/wait";
import { Terraform } from "../../e2e/terraform";
import { environmentOf, teamsOf, withOneChanged, type Case, type Layout } from "./environment";
import { Meter, type Cost } from "./meter";
import { StateServer } from "./state-server";

const SERVICES = ["10", "100", "1000"];
const LAYOUTS: readonly Layout[] = ["one stack", "split by team"];
const PASSWORD = { shop_password: "first-password-of-the-bench" };
/** An apply of a thousand services takes minutes. */
const TIMEOUT_MS = 3_600_000;

/** @throws Error where an option is none of the values that there are */
function casesOf(args: readonly string[]): Case[] {
  const { values } = parseArgs({
    args: [...args],
    options: {
      services: { type: "string", multiple: true, default: SERVICES },
      layout: { type: "string", multiple: true, default: [...LAYOUTS] },
    },
  });
  const wrong = [
    ...values.services
      .filter((each) => !/^[1-9]\d*$/.test(each))
      .map((each) => `--services ${each}: a number from 1 on`),
    ...values.layout
      .filter((each) => !LAYOUTS.some((known) => known === each))
      .map((each) => `--layout "${each}": one of ${LAYOUTS.join(", ")}`),
  ];
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  const layouts = LAYOUTS.filter((each) => values.layout.includes(each));
  return values.services.flatMap((services) =>
    layouts.map((layout) => ({ services: Number(services), layout })),
  );
}

async function main(): Promise<number> {
  const cases = casesOf(process.argv.slice(2));
  const directory = enclosed()?.directory;
  if (directory === undefined)
    return runEnclosed(
      { group: "terraform", network: "machine", leftovers: "everywhere" },
      process.argv.slice(1),
    );
  const teardown = new Teardown();
  // It takes long, and is likely to be interrupted.
  onEndOfEnclosure(() => void interrupted(directory, teardown));
  try {
    const ports = (await freePorts(6)) as readonly number[] as Ports;
    recordPorts(directory, ports);
    const servers = await startServers(directory, ports, teardown);
    await createShop(servers.postgres);
    const states = await StateServer.start(teardown);
    const meter = await Meter.create(servers, path.join(directory, "calls.log"));
    console.log(HEAD);
    for (const each of cases) await measured(servers, states, meter, each);
    return 0;
  } finally {
    await teardown.run();
  }
}

async function interrupted(directory: string, teardown: Teardown): Promise<never> {
  await teardown.run();
  await abandon(directory);
  process.exit(130);
}

/** From nothing to nothing. */
async function measured(
  servers: Servers,
  stateServer: StateServer,
  meter: Meter,
  which: Case,
): Promise<void> {
  const { directory, apiServer, authority, admin, vault, postgres } = servers;
  const place = path.join(directory, `${which.services}-${which.layout.replaceAll(" ", "-")}`);
  const file = path.join(directory, "kubeconfig");
  fs.writeFileSync(file, kubeconfig("bench", apiServer.url, authority, admin), { mode: 0o600 });
  const terraform = new Terraform({
    directory: place,
    env: { VAULT_TOKEN: vault.client.token, VAULT_CACERT: authority.certificateFile },
    onStart: meter.watch,
    timeoutMs: TIMEOUT_MS,
  });
  const version = await majorVersion(postgres);
  const environment = environmentOf(servers, file, version, stateServer.address, which);
  const stacks = await terraform.synthesize(environment);
  const [platform = "", ...others] = stacks;
  await bootstrap(postgres, environment, PASSWORD.shop_password);

  const variablesOf = (stack: string) => (stack === platform ? PASSWORD : {});
  const each = (names: readonly string[], step: (stack: string) => Promise<unknown>) => async () => {
    for (const name of names) await step(name);
  };
  const print = (step: string, cost: Cost) => console.log(row(which, step, cost));
  const plan = (stack: string) => terraform.plan(stack, undefined, variablesOf(stack));

  print("init", await meter.measure(each(stacks, (stack) => terraform.run(stack, ["version"]))));
  // Nobody can plan services before their platform is there.
  print("plan of the platform", await meter.measure(() => plan(platform)));
  print("apply of the platform", await meter.measure(() => terraform.apply(platform, PASSWORD)));
  print("plan of the services", await meter.measure(each(others, plan)));
  print("apply of the services", await meter.measure(each(others, (stack) => terraform.apply(stack))));
  print("plan without a change", await meter.measure(each(stacks, plan)));
  await terraform.synthesize(withOneChanged(environment));
  // The stack of the first service, which is the only one whose JSON has changed.
  const touched = others.filter((name) => which.layout === "one stack" || name.endsWith("-team-0"));
  print("one changed: plan", await meter.measure(each(touched, plan)));
  const unread = ["plan", "-refresh=false", "-no-color"];
  print(
    "one changed: plan -refresh=false",
    await meter.measure(each(touched, (stack) => terraform.succeed(stack, unread))),
  );
  print("one changed: apply", await meter.measure(each(touched, (stack) => terraform.apply(stack))));
  const states = stacks.map((stack) => stateServer.sizeOf(stack));
  const backwards = [...stacks].reverse();
  print("destroy", await meter.measure(each(backwards, (stack) => terraform.destroy(stack))));
  console.log(
    `${which.services} services, ${which.layout}: ${stacks.length} states of ${mebibytes(Math.max(...states))} at most, ${mebibytes(states.reduce((sum, size) => sum + size, 0))} together\n`,
  );
}

const WIDTHS = [9, 14, 34, 9, 8, 8, 12] as const;
const HEAD = cells(["services", "layout", "step", "seconds", "MiB", "Vault", "API server"]);

function row({ services, layout }: Case, step: string, { seconds, memory, vault, apiServer }: Cost): string {
  return cells([
    String(services),
    layout === "one stack" ? layout : `${teamsOf(services)} teams`,
    step,
    seconds.toFixed(1),
    memory.toFixed(0),
    String(vault),
    String(apiServer),
  ]);
}

function cells(texts: readonly string[]): string {
  return texts
    .map((text, column) =>
      column < 3 ? text.padEnd(WIDTHS[column] ?? 0) : text.padStart(WIDTHS[column] ?? 0),
    )
    .join("");
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

// Whoever waits for the end of the enclosure would keep it alive.
main()
  .catch((error: unknown) => {
    console.error(errorMessage(error));
    return 1;
  })
  .then((code) => process.exit(code));
