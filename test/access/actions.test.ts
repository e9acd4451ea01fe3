import { readGraph, type AccessGraph, type TextFile } from "../../proof/access";
import { allRules, limits } from "../../proof/rules";

const HCL = (path: string, events: string) => `
resource "vault_database_secret_backend_connection" "shop" {
  backend = "database"
  name    = "shop"
  postgresql {
    connection_url = "postgres://{{username}}:{{password}}@pg/shop"
  }
${events}
}

action "vault_generic_endpoint" "rotate" {
  config {
    path = "${path}"
  }
}`;

const BY_RESOURCE = (action: string) => `  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [${action}]
    }
  }`;

const JSON_SYNTAX = (path: string, actions: readonly string[]) => ({
  resource: {
    vault_database_secret_backend_connection: {
      shop: {
        backend: "database",
        name: "shop",
        postgresql: { connection_url: "postgres://{{username}}:{{password}}@pg/shop" },
        lifecycle: { action_trigger: [{ events: ["after_create"], actions }] },
      },
    },
  },
  action: { vault_generic_endpoint: { rotate: { config: { path } } } },
});

async function graphOf(files: readonly TextFile[], plans: readonly TextFile[] = []): Promise<AccessGraph> {
  const roots = files.length === 0 ? [] : [{ directory: ".", files }];
  const { graph, failures } = await readGraph({ terraform: { roots, plans }, manifests: [], sql: [] });
  expect(failures).toEqual([]);
  return graph;
}
const ofHcl = (text: string) => graphOf([{ file: "main.tf", text }]);
const ofJson = (json: object) => graphOf([{ file: "main.tf.json", text: JSON.stringify(json) }]);
const context = { limits: limits.strict, capacities: new Map() };
const warned = (graph: AccessGraph) =>
  allRules
    .filter(({ id }) => id === "connection/root-not-rotated")
    .flatMap((rule) => [...rule.check(graph, context)]).length;
const NOT_READ = [{ what: "action of vault_generic_endpoint", count: 1 }];

const ROTATE = "action.vault_generic_endpoint.rotate";
const REFERENCE = "${vault_database_secret_backend_connection.shop.backend}/rotate-root/shop";

test.each([
  ["a path", () => ofHcl(HCL("database/rotate-root/shop", BY_RESOURCE(ROTATE)))],
  ["a path with slashes at its ends", () => ofHcl(HCL("/database/rotate-root/shop/", BY_RESOURCE(ROTATE)))],
  ["a path of references", () => ofHcl(HCL(REFERENCE, BY_RESOURCE(ROTATE)))],
  [
    "a URL of Vault's API",
    () => ofHcl(HCL("https://vault:8200/v1/database/rotate-root/shop", BY_RESOURCE(ROTATE))),
  ],
  ["JSON", () => ofJson(JSON_SYNTAX("database/rotate-root/shop", [ROTATE]))],
  ["JSON with an expression", () => ofJson(JSON_SYNTAX(REFERENCE, [`\${${ROTATE}}`]))],
])("%s: an action that a resource has done rotates the login", async (_, read) => {
  const graph = await read();
  expect(graph.connections.map(({ rotated }) => rotated)).toEqual([true]);
  expect(warned(graph)).toBe(0);
  expect(graph.notJudged).toEqual([]);
});

test.each([
  ["nothing has it done", () => ofHcl(HCL("database/rotate-root/shop", ""))],
  ["another one is done", () => ofHcl(HCL("database/rotate-root/shop", BY_RESOURCE("action.other.rotate")))],
  ["it is done in JSON to nothing", () => ofJson(JSON_SYNTAX("database/rotate-root/shop", []))],
  ["it does something else", () => ofHcl(HCL("database/reset/shop", BY_RESOURCE(ROTATE)))],
  ["its path is not known", () => ofHcl(HCL("${var.path}", BY_RESOURCE(ROTATE)))],
])("%s: the login is not rotated, and the action is told as not read", async (_, read) => {
  const graph = await read();
  expect(graph.connections.map(({ rotated }) => rotated)).toEqual([false]);
  expect(warned(graph)).toBe(1);
  expect(graph.notJudged).toMatchObject(NOT_READ);
});

test("a rotation of another connection is none of this one, and is read", async () => {
  const graph = await ofHcl(HCL("database/rotate-root/other", BY_RESOURCE(ROTATE)));
  expect(warned(graph)).toBe(1);
  expect(graph.notJudged).toEqual([]);
});

test("an action of any type is told, each of its instances, and is no resource", async () => {
  const { terraform, notJudged } = await ofHcl(`
action "aws_lambda_invoke" "tell" {
  count = 2
  config {
    function_name = "tell"
  }
}
action "local_command" "run" {}`);
  expect(terraform.actions.map(({ origin }) => `${origin.address}:${origin.line}`)).toEqual([
    "action.aws_lambda_invoke.tell[0]:2",
    "action.aws_lambda_invoke.tell[1]:2",
    "action.local_command.run:8",
  ]);
  expect([terraform.resources, terraform.others]).toEqual([[], []]);
  expect(notJudged).toEqual([
    { what: "action of aws_lambda_invoke", count: 2, places: ["main.tf"] },
    { what: "action of local_command", count: 1, places: ["main.tf"] },
  ]);
});

test("an override of an action replaces what it says", async () => {
  const { connections } = await graphOf([
    { file: "main.tf", text: HCL("database/reset/shop", BY_RESOURCE(ROTATE)) },
    {
      file: "override.tf",
      text: 'action "vault_generic_endpoint" "rotate" {\n  config {\n    path = "database/rotate-root/shop"\n  }\n}',
    },
  ]);
  expect(connections.map(({ rotated }) => rotated)).toEqual([true]);
});

test("a plan has the actions that its apply does", async () => {
  const plan = (action: object) =>
    graphOf(
      [],
      [
        {
          file: "plan.json",
          text: JSON.stringify({
            planned_values: {
              root_module: {
                resources: [
                  {
                    address: "vault_database_secret_backend_connection.shop",
                    mode: "managed",
                    type: "vault_database_secret_backend_connection",
                    values: { backend: "database", name: "shop", postgresql: [{ username: "vault" }] },
                  },
                ],
              },
            },
            action_invocations: [{ address: ROTATE, type: "vault_generic_endpoint", ...action }],
          }),
        },
      ],
    );
  const path = "database/rotate-root/shop";
  const done = await plan({ config_values: { path } });
  expect([done.connections[0]?.rotated, done.notJudged]).toEqual([true, []]);
  for (const hidden of [{}, { config_values: { path }, config_sensitive: { path: true } }]) {
    const graph = await plan(hidden);
    expect([graph.connections[0]?.rotated, graph.notJudged]).toMatchObject([false, NOT_READ]);
  }
});
