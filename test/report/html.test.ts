import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { renderHtml } from "../../proof/report/html";
import type { AccessReports } from "../../proof/report";
import { reportsOf, manyServices } from "../support/report-pages";

let reports: AccessReports;
let many: AccessReports;
beforeAll(async () => {
  reports = await reportsOf();
  many = await manyServices(100);
});

test("loads nothing, and nothing runs but what its policy knows", () => {
  const page = renderHtml(reports);
  expect(page).not.toMatch(/\b(src|href)="(?!#)/);
  expect(page).not.toMatch(/ style="| on\w+="/);
  const sha = (text = "") => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const [policy = ""] = /Content-Security-Policy" content="[^"]*"/.exec(page) ?? [];
  expect(policy).toContain(`style-src '${sha(/<style>([^]*?)<\/style>/.exec(page)?.[1])}'`);
  expect(policy).toContain(`script-src '${sha(/<script>([^]*?)<\/script>/.exec(page)?.[1])}'`);
  expect(policy).toContain("default-src 'none'");
});

test("whatever a name is, it stays text", () => {
  const evil = `</script><img src=x onerror="alert(1)">'&`;
  const spoiled = JSON.parse(
    JSON.stringify(reports).replaceAll("invoices", JSON.stringify(evil).slice(1, -1)),
  ) as AccessReports;
  const page = renderHtml(spoiled);
  expect(page).not.toContain("<img");
  expect(page.match(/<\/script>/g)).toHaveLength(1);
  expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
});

test("every link on the page leads somewhere on it, and every id is there once", () => {
  for (const each of [reports, many]) {
    const page = renderHtml(each);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = new Set([...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id));
    expect([...links].filter((id) => !ids.includes(id))).toEqual([]);
  }
});

test("a hundred services fit in three megabytes", () => {
  expect(Buffer.byteLength(renderHtml(many))).toBeLessThan(3_000_000);
});

const CHROMIUM = [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (file) => file !== "" && fs.existsSync(file),
);
const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser(`in a browser (CHROMIUM, /usr/bin/chromium or /usr/bin/google-chrome)`, () => {
  let browser: Browser;
  let directory: string;
  beforeAll(async () => {
    const { chromium } = jest.requireActual<typeof import("playwright-core")>("playwright-core");
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-report-"));
    fs.writeFileSync(path.join(directory, "few.html"), renderHtml(reports));
    fs.writeFileSync(path.join(directory, "many.html"), renderHtml(many));
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    fs.rmSync(directory, { recursive: true });
  });

  async function open(
    file: string,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<{ page: Page; context: BrowserContext; said: string[] }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) said.push(request.url());
    });
    await page.goto(`file://${path.join(directory, file)}`);
    return { page, context, said };
  }

  test.each(["light", "dark"] as const)(
    "axe finds no serious problem, and nothing is said: %s",
    async (colorScheme) => {
      for (const file of ["few.html", "many.html"]) {
        // For axe alone, which has to put its script into the page.
        const { page, context, said } = await open(file, { colorScheme, bypassCSP: true });
        await page.evaluate(() =>
          document.querySelectorAll("details").forEach((each, index) => (each.open = index < 3)),
        );
        await page.addScriptTag({ path: require.resolve("axe-core") });
        const violations = await page.evaluate(async () => {
          const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
          return (await axe.run()).violations;
        });
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)).toEqual([]);
        expect(said).toEqual([]);
        await context.close();
      }
    },
    120_000,
  );

  test("its own policy lets its script run: words, environment and verb find services and tables", async () => {
    const { page, context, said } = await open("few.html");
    const shown = () => page.locator("[data-find]:not([hidden])").count();
    const all = await shown();
    await page.getByLabel("Find a table").fill("invoices");
    const found = await shown();
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(all);
    await expect(page.locator("#count").textContent()).resolves.toBe(
      `${found} of ${all} services and tables`,
    );
    await page.getByLabel("Environment", { exact: true }).selectOption("production");
    expect(await shown()).toBeLessThan(found);
    await page.getByLabel("Verb", { exact: true }).selectOption("UPDATE");
    expect(await page.locator("section[data-find]:not([hidden])").getAttribute("aria-label")).toBe(
      "shop.public.invoices",
    );
    expect(said).toEqual([]);
    await context.close();
  });

  test.each(["few.html", "many.html"])("on a telephone no word of %s is broken inside", async (file) => {
    const { page, context } = await open(file, { viewport: { width: 390, height: 844 } });
    const broken = await page.evaluate(() => {
      document.querySelectorAll("details").forEach((each, index) => (each.open = index < 3));
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found: string[] = [];
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        if (node.parentElement?.closest("svg, script, style, pre")) continue;
        for (const { 0: word, index } of (node.textContent ?? "").matchAll(/[A-Za-z0-9]+/g)) {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
          if (tops.size > 1) found.push(word);
        }
      }
      return found;
    });
    expect(broken).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
    await context.close();
  });

  test("a link to a service opens it, and the keyboard reaches the search after the skip link", async () => {
    const { page, context } = await open("few.html");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("skip");
    await page.locator("tbody a[href*='service']").first().click();
    await page.waitForFunction(() => document.querySelector("details[open]") !== null);
    await context.close();
  });

  test("a hundred services are filtered at each key without a task of more than a moment", async () => {
    const { page, context } = await open("many.html");
    await page.getByLabel("Find a table").pressSequentially("service-42");
    expect(await page.locator("details[data-find]:not([hidden])").count()).toBe(1);
    await context.close();
  });
});

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}
