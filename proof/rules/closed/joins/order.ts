import { asObject, asText, known, type Place, type TerraformResource } from "../../../access";
import { groupBy } from "../../../core";
import type { Rule, Violation } from "../../rule";
import { listed } from "../../words";
import { references } from "./place";

type Placed = TerraformResource & { readonly place: Place };

export const order: Rule = {
  id: "proof/order",
  severity: "error",
  title: "something that does not say what it waits for",
  why: "Terraform makes at once what does not wait, and destroys it in the same order backwards. A wait that comes only by way of another argument goes with it: whoever writes a path out instead of a reference makes a mount before its audit device, or a quota before what it limits.",
  example: {
    language: "hcl",
    text: `resource "vault_audit" "stdout" {
  type    = "file"
  path    = "stdout"
  options = { file_path = "stdout" }
}

resource "vault_mount" "database" {
  type = "database"
  path = "database"
}`,
  },
  *check({ terraform }) {
    const placed = terraform.resources.filter(
      (each): each is Placed =>
        each.mode === "managed" && each.type.startsWith("vault_") && each.place !== undefined,
    );
    for (const root of groupBy(placed, ({ origin }) => origin.root ?? "").values()) yield* ofRoot(root);
  },
};

function* ofRoot(root: readonly Placed[]): Iterable<Violation> {
  const of = (...types: readonly string[]) => root.filter(({ type }) => types.includes(type));
  const devices = of("vault_audit");
  const limited = of("vault_auth_backend", "vault_mount");
  const connections = of("vault_database_secret_backend_connection");
  yield* oneAfterAnother(devices);
  for (const each of root) {
    const { type } = each;
    if (type !== "vault_audit")
      yield* waits(each, devices, "what is made beside an audit device is not recorded");
    if (type === "vault_quota_rate_limit")
      yield* waits(each, limited, "Vault refuses a quota on what is not there yet");
    if (type === "vault_generic_endpoint") yield* follows(each, connections);
    yield* namedTwice(each);
  }
}

function* waits(each: Placed, before: readonly Placed[], reason: string): Iterable<Violation> {
  const named = references(each.written.depends_on);
  const left = before.filter(({ place }) => !named.includes(place.block)).map(({ place }) => place.block);
  if (left.length === 0) return;
  yield {
    at: each.origin,
    message: `depends_on does not name ${listed(left)}: ${reason}`,
    fix: `add ${listed(left)} to depends_on`,
  };
}

function* namedTwice({ origin: at, written }: Placed): Iterable<Violation> {
  const named = references(written.depends_on);
  const repeated = named.filter((each, index) => named.indexOf(each) !== index);
  if (repeated.length === 0) return;
  yield {
    at,
    message: `depends_on names ${listed(repeated)} twice, in the place of another`,
    fix: "name each once",
  };
}

/** While one device is set up the other one has to take the entries. */
function* oneAfterAnother(devices: readonly Placed[]): Iterable<Violation> {
  for (const [index, one] of devices.entries()) {
    for (const other of devices.slice(index + 1)) {
      const isAfter = (late: Placed, early: Placed) =>
        late.place.order.waitsFor(late.place.block).blocks.has(early.place.block);
      if (isAfter(one, other) || isAfter(other, one)) continue;
      yield {
        at: other.origin,
        message: `it is set up together with ${one.origin.address}, and neither takes the other's entries`,
        fix: `add ${one.place.block} to its depends_on`,
      };
    }
  }
}

/** A login's password is rotated after its connection is made, and after each time that it is made anew. */
function* follows(each: Placed, connections: readonly Placed[]): Iterable<Violation> {
  const name = known(asText(each.body.path))?.split("/").at(-1);
  const own = connections.find(({ body }) => known(asText(body.name)) === name);
  if (own === undefined) return;
  yield* waits(each, [own], "until it is made there is no login to rotate");
  const triggers = references(asObject(each.body.lifecycle).replace_triggered_by);
  if (triggers.length === 1 && triggers[0] === `${own.place.block}.id`) return;
  yield {
    at: each.origin,
    message: `a connection that is made anew has the first password again, and replace_triggered_by is not ${own.place.block}.id`,
    fix: `write replace_triggered_by = [${own.place.block}.id]: the whole resource would rotate at each edit`,
  };
}
