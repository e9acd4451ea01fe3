import { BROUGHT, PROVIDER_RANGES, type Provider } from "../../lib/core/providers";
import record from "./arguments.json";
import { argumentsOf, providerOf, renderedOf } from "./rendered";

const inSome = record.inSome as Readonly<Record<string, readonly string[]>>;
const versions = record.versions as Readonly<Record<Provider, readonly string[]>>;
const known = new Set([...record.inAll, ...Object.keys(inSome)]);

/** Where each of the later arguments stands. */
const ARGUMENTS: Readonly<Record<keyof typeof BROUGHT, readonly string[]>> = {
  writeOnlyReviewerJwt: [
    "vault_kubernetes_auth_backend_config.token_reviewer_jwt_wo",
    "vault_kubernetes_auth_backend_config.token_reviewer_jwt_wo_version",
  ],
  policyOverwrite: ["vault_policy.allow_overwrite"],
  quotaConfig: ["vault_quota_config.enable_rate_limit_audit_logging"],
};

const isBefore = (one: string, other: string) => one.localeCompare(other, "en", { numeric: true }) < 0;

test("every argument that is rendered was looked up in the schemas of the providers (record.ts does so)", () => {
  const rendered = renderedOf().flatMap((each) => argumentsOf(each, (at) => known.has(at)));
  expect([...new Set(rendered)].filter((argument) => !known.has(argument))).toEqual([]);
});

test.each(Object.entries(PROVIDER_RANGES))("the range of %s is what was looked at", (provider, range) => {
  const looked = versions[provider as Provider];
  expect(looked[0]).toBe(range.lowest);
  const [major = "", minor = ""] = (looked.at(-1) ?? "").split(".");
  expect(range.below).toBe(`${major}.${Number(minor) + 1}.0`);
});

test("each provider of a range knows all that is rendered without a word about versions", () => {
  expect(Object.keys(inSome).sort()).toEqual(Object.values(ARGUMENTS).flat().sort());
});

test.each(Object.entries(ARGUMENTS))(
  "what has brought %s is known from there on, and not before",
  (what, all) => {
    const { provider, version } = BROUGHT[what as keyof typeof BROUGHT];
    for (const argument of all) {
      expect(providerOf(argument)).toBe(provider);
      expect(inSome[argument]).toEqual(versions[provider].filter((each) => !isBefore(each, version)));
    }
  },
);
