import fs from "node:fs";
import path from "node:path";
import { leasehold } from "../../cli/program";
import { VERIFICATION_KINDS } from "../../lib/postgres/verification";
import { everyRule } from "../../proof/rules";
import { tokensOf, trackedFiles } from "../support/pages";

const CHECKOUT = path.resolve(__dirname, "../..");
const PAGES = trackedFiles("*.md");

/** What stands in the running text of a page, and in its tables. */
const inline = (page: string) => tokensOf(page).flatMap(({ children }) => children ?? []);

/** The name by which a link leads to a heading, as GitHub and GitLab make it. */
function anchorsOf(page: string): string[] {
  const tokens = tokensOf(page);
  return tokens
    .filter((_, index) => tokens[index - 1]?.type === "heading_open")
    .map(({ children }) => (children ?? []).map(({ content }) => content).join(""))
    .map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{Letter}\p{Number}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    );
}

/** A link to a place elsewhere is not looked at: tests reach no network. */
function isDead(page: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return false;
  const [file = "", anchor] = decodeURI(link).split("#");
  const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
  if (!fs.existsSync(path.join(CHECKOUT, target))) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
}

test.each(PAGES)("every link of %s leads somewhere", (page) => {
  const links = inline(page)
    .filter(({ type }) => type === "link_open")
    .map((token) => String(token.attrGet("href")));
  expect(links.filter((link) => isDead(page, link))).toEqual([]);
});

const KNOWN = new Set([
  ...everyRule.map(({ id }) => id),
  ...Object.keys(VERIFICATION_KINDS).map((kind) => `database/${kind}`),
]);

test("every rule that a page names is there", () => {
  const categories = [...new Set([...KNOWN].map((id) => id.split("/")[0]))].join("|");
  const isRule = new RegExp(`^(${categories})/[a-z]+(-[a-z]+)*$`);
  const named = PAGES.flatMap((page) =>
    inline(page)
      .filter(({ type, content }) => type === "code_inline" && isRule.test(content))
      // The proof is a folder as well.
      .filter(({ content }) => !fs.existsSync(path.join(CHECKOUT, content)))
      .map(({ content }) => `${page}: ${content}`),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((each) => !KNOWN.has(each.split(": ")[1] ?? ""))).toEqual([]);
});

test("every command of leasehold that a page names in its text is there", () => {
  const known = leasehold(async () => []).commands.map((command) => command.name());
  const named = PAGES.flatMap((page) =>
    inline(page)
      .filter(({ type, content }) => type === "code_inline" && content.startsWith("npx leasehold "))
      .map(({ content }) => `${page}: ${content}`),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((each) => !known.includes(/npx leasehold (\S+)/.exec(each)?.[1] ?? ""))).toEqual([]);
});
