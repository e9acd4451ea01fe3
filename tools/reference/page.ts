import type { ConstructClass, Declared, Property, Variant } from "./declarations";
import { propertiesOf, publicSurface, type Surface } from "./surface";

/** The page on what can be written, from the docstrings at their sources. */
export function referencePage(): string {
  const surface = publicSurface();
  const { constructs, declared, proof } = surface;
  const props = constructs.map((construct) => construct.props);
  const parts = [
    HEAD,
    "## What you get when you say nothing",
    "Every default, and what it protects from. One that protects from nothing says so. What is declared in several places stands here once.",
    environmentSilence(surface),
    ...constructs.map((construct) => silence(construct.name, surface.reachedFrom(construct.props), surface)),
    "## Constructs",
    'In a CDKTF program of your own: `new SecretsEngine(this, "SecretsEngine", { … })`. [An example](../examples/constructs/stacks.ts) has all that a service needs.',
    ...constructs.map((construct) => constructSection(construct, surface)),
    "## What is declared",
    "`Environment`, and whatever stands in it or in the props of a construct.",
    ...declared.filter(({ name }) => !props.includes(name)).map(typeSection),
    "## The proof",
    "`prove(paths, options)` of `@leasehold/proof` judges a folder, whoever wrote it: [an example](../examples/constructs/main.ts).",
    ...proof.map(typeSection),
  ];
  return `${linked(parts.filter((part) => part !== "").join("\n\n"))}\n`;
}

const HEAD = `# Reference

What can be written, with meaning and default. It is made of the docstrings in the sources by \`npm run docs\`. Durations are texts such as
\`"30s"\`, \`"15m"\`, \`"24h"\` or \`"7d"\`. What may be left out has a default, and is shown with a question mark.`;

/** What only an environment declares: the rest stands under the constructs that it becomes. */
function environmentSilence(surface: Surface): string {
  const ofConstructs = surface.constructs.flatMap(({ props }) => surface.reachedFrom(props));
  const own = surface.reachedFrom("Environment").filter((name) => !ofConstructs.includes(name));
  return silence("Environment", own, surface);
}

/** Every default that somebody gets who writes only what has to be written. */
function silence(title: string, names: readonly string[], surface: Surface): string {
  const rows = new Map<string, { where: string[]; property: Property }>();
  const all = propertiesOf(surface).filter(({ of, property }) => names.includes(of) && property.isOptional);
  for (const { of, property } of all.sort((a, b) => names.indexOf(a.of) - names.indexOf(b.of))) {
    const { name, byDefault: told, protects, file } = property;
    const key = JSON.stringify([name, told, protects, file]);
    const row = rows.get(key) ?? { where: [], property };
    rows.set(key, { ...row, where: [...new Set([...row.where, of === names[0] ? name : `${of}.${name}`])] });
  }
  const told = [...rows.values()].map(({ where, property }) => [
    where.map(code).join(", "),
    byDefault(property),
    cell((property.protects ?? "").replace(/^from /, "")),
  ]);
  const heading = `### ${title} when you say nothing`;
  if (told.length === 0) return `${heading}\n\nThere are no defaults: everything has to be said.`;
  return `${heading}\n\n${table(["property", "default", "protects from"], told)}`;
}

function constructSection(
  { name, meaning, props, attributes }: ConstructClass,
  { declared: types }: Surface,
): string {
  const declared = types.find((each) => each.name === props);
  const exposed = attributes.map(([attribute, told]) => `\`${attribute}\`: ${lower(told)}`);
  return [
    `### ${name}`,
    meaning,
    ...(declared?.variants ?? []).map(variantTable),
    exposed.length > 0 ? `It has ${exposed.join(" ")}` : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function typeSection({ name, meaning, variants, others }: Declared): string {
  const parts = variants.map((variant) => {
    const told = variants.length > 1 || others.length > 0 ? titleOf(variant) : "";
    return [told, variantTable(variant)].filter((part) => part !== "").join("\n\n");
  });
  const either =
    others.length === 0
      ? ""
      : `${variants.length > 0 ? "Beside that one of" : "One of"} ${others.map(code).join(", ")}.`;
  return [`### ${name}`, meaning, ...parts, either].filter((part) => part !== "").join("\n\n");
}

/** A variant is told from others by its one text; one with nothing but that needs no table. */
function titleOf({ meaning, properties }: Variant): string {
  const kind = properties.find(({ isDiscriminator }) => isDiscriminator);
  if (!kind) return meaning;
  const told = meaning || kind.meaning;
  return `**\`${kind.name}: ${kind.type}\`**${told === "" ? "" : `: ${lower(told)}`}`;
}

function variantTable({ properties }: Variant): string {
  const written = properties.filter(({ isDiscriminator }) => !isDiscriminator);
  if (written.length === 0) return "";
  return table(
    ["property", "type", "meaning", "default"],
    written.map((property) => [
      code(`${property.name}${property.isOptional ? "?" : ""}`),
      code(property.type),
      cell(property.meaning),
      byDefault(property),
    ]),
  );
}

/** `"1h" - why` is a value with words; `- none` is words alone. */
function byDefault({ byDefault: text = "" }: Property): string {
  if (text.startsWith("- ")) return cell(text.slice(2));
  const [value = "", ...words] = text.split(" - ");
  return value === "" ? "" : [code(value), ...words.map(cell)].join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const code = (text: string) => `\`${text.replaceAll("`", "").replaceAll("|", "\\|")}\``;
const cell = (text: string) => text.replaceAll("|", "\\|");
const lower = (text: string) => text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());

/** A type that is declared on the page leads to its place there. */
function linked(page: string): string {
  const headings = new Set([...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name));
  return page.replace(/`(\w+)((?:\[\])?)`/g, (text, name: string, list: string) =>
    headings.has(name) ? `[\`${name}${list}\`](#${name.toLowerCase()})` : text,
  );
}
