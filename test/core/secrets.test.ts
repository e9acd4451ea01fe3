import { readGraph } from "../../proof/access";
import { hideSecrets, holdsSecret, secretKind } from "../../proof/core";
import { allRules, formatText, judge, limits } from "../../proof/rules";

const LETTERS = "Ab3dEf6hIj9lMn2pQr5tUv8xYz1";
/** Put together, so that no scanner takes them for somebody's. */
const SECRETS = {
  key: `-----BEGIN RSA ${"PRIVATE"} KEY-----\n${LETTERS}\n-----END RSA ${"PRIVATE"} KEY-----`,
  jwt: `eyJ${LETTERS}.eyJ${LETTERS}.${LETTERS}`,
  vault: `hvs.${LETTERS}`,
  "older vault": `s.${LETTERS.slice(0, 24)}`,
  stripe: `sk_${"live"}_${LETTERS}`,
  github: `ghp_${LETTERS}`,
  gitlab: `glpat-${LETTERS}`,
  aws: `AKIA${LETTERS.toUpperCase().slice(0, 16)}`,
  google: `AIza${LETTERS}${LETTERS}`,
  slack: `xoxb-${LETTERS}`,
  sendgrid: `SG.${LETTERS}.${LETTERS}`,
  npm: `npm_${LETTERS}`,
};

test.each(Object.entries(SECRETS))(
  "a secret of the kind %s is refused where it is declared, found where others wrote it, and never repeated",
  async (_, secret) => {
    expect(holdsSecret(`text ${secret} text`)).toBe(true);
    expect(secretKind(`text ${secret} text`)).toBeDefined();
    const hidden = hideSecrets(`before ${secret} after`);
    expect(hidden).toBe("before [not shown] after");

    const main = `resource "vault_generic_secret" "a" {\n  data = { note = ${JSON.stringify(secret)} }\n}`;
    const { graph } = await readGraph({
      terraform: { roots: [{ directory: ".", files: [{ file: "main.tf", text: main }] }], plans: [] },
      manifests: [],
      sql: [],
    });
    const context = { limits: limits.relaxed, capacities: new Map() };
    const findings = judge(graph, {
      rules: allRules,
      context,
      waivers: [],
      waiversFile: "",
      today: "2026-01-01",
    });
    expect(findings.map(({ rule }) => rule)).toContain("secrets/literal");
    const told = formatText({ findings, failures: [{ file: "main.tf", message: `cannot read ${secret}` }] });
    expect(told).not.toContain(LETTERS.slice(0, 12));
  },
);

test("of a URL the password is hidden, and of SQL; a placeholder is none", () => {
  expect(hideSecrets("at postgresql://app:hunter2@db/shop")).toBe("at postgresql://app:[not shown]@db/shop");
  expect(hideSecrets("CREATE ROLE a PASSWORD 'hunter2' LOGIN")).toBe(
    "CREATE ROLE a PASSWORD '[not shown]' LOGIN",
  );
  for (const placeholder of ["{{password}}", "${var.password}", "<password>", "****"]) {
    expect(secretKind(`postgresql://app:${placeholder}@db/shop`)).toBeUndefined();
  }
  expect(secretKind("postgresql://app:hunter2@db/shop")).toBe("url");
  expect(hideSecrets("PASSWORD '{{password}}' at //{{username}}:{{password}}@db")).toBe(
    "PASSWORD '{{password}}' at //{{username}}:{{password}}@db",
  );
});

test("a text that speaks of secrets holds none", () => {
  for (const text of ["the PRIVATE KEY of the CA", "s.short", "hv", "https://host:8200/path", "a@b:c"]) {
    expect(secretKind(text)).toBeUndefined();
    expect(hideSecrets(text)).toBe(text);
  }
});

test("a long text is gone through in its own length", () => {
  for (const part of ["eyJ", "//a:", "PASSWORD '", "-----BEGIN ", "hv", "SG.a"]) {
    expect(hideSecrets(part.repeat(100_000)).length).toBeGreaterThan(0);
  }
});
