import fs from "node:fs";
import { referencePage } from "../../tools/reference/page";
import { propertiesOf, publicSurface } from "../../tools/reference/surface";

const surface = publicSurface();
const properties = propertiesOf(surface).map(({ of, property }) => ({
  ...property,
  at: `${property.file}: ${of}.${property.name}`,
}));
const places = (found: readonly { at: string }[]) => found.map(({ at }) => at);

test("the page is what `npm run docs` makes of the sources", () => {
  expect(fs.readFileSync("docs/reference.md", "utf8")).toBe(referencePage());
});

test("the surface holds the constructs and all that an environment leads to", () => {
  expect(surface.constructs.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "VaultServer",
      "KubernetesAuth",
      "SecretsEngine",
      "PostgresConnection",
      "Service",
    ]),
  );
  expect(surface.declared.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["Environment", "HaVault", "Guardrails", "Waiver", "TableGrant", "CanaryStage"]),
  );
  expect(properties.length).toBeGreaterThan(250);
});

test("every property says what it means", () => {
  // The one text that tells a variant from others is told by the variant.
  expect(
    places(properties.filter(({ meaning, isDiscriminator }) => meaning === "" && !isDiscriminator)),
  ).toEqual([]);
});

test("every optional property says its default, and what the default protects from", () => {
  const optional = properties.filter(({ isOptional }) => isOptional);
  expect(places(optional.filter(({ byDefault }) => byDefault === undefined))).toEqual([]);
  expect(places(optional.filter(({ protects }) => !/^(from \S|nothing\b)/.test(protects ?? "")))).toEqual([]);
});

test("nothing that has to be written has a default", () => {
  expect(
    places(properties.filter(({ isOptional, byDefault }) => !isOptional && byDefault !== undefined)),
  ).toEqual([]);
});

test("every construct says what it is", () => {
  expect(surface.constructs.filter(({ meaning }) => meaning === "")).toEqual([]);
});
