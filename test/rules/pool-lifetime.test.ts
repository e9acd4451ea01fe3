import { local } from "../../template/project/stacks/local";
import { synthesizeAside } from "../support/environment";

/** What is warned of where billing has this format and this default TTL. */
async function warned(format: "properties" | "env" | "json", ttl: `${number}m`): Promise<string[]> {
  const services = local.services.map((each) =>
    each.name === "billing"
      ? {
          ...each,
          ttl: { default: ttl, max: "1h" } as const,
          access: each.access.map((entry) => ({ ...entry, credentials: { format } })),
        }
      : each,
  );
  const { findings } = await synthesizeAside([{ ...local, services }]);
  return findings.map(({ rule, path }) => `${rule} ${path}`);
}

test("a lifetime below 30 s is told of where the JVM reads the file, and nowhere else", async () => {
  expect(await warned("properties", "5m")).toEqual([
    "ttl/pool-below-thirty-seconds local/billing/Workload/Resource",
  ]);
  expect(await warned("properties", "6m")).toEqual([]);
  expect(await warned("json", "5m")).toEqual([]);
  expect(await warned("env", "5m")).toEqual([]);
});
