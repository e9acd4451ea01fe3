import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { renderHtml } from "../../proof/report/html";
import type { AccessReports } from "../../proof/report";
import { CHROMIUM } from "../support/chromium";
import { grown, manyServices } from "../support/many-services";
import { drawnPages, reportsOf } from "../support/report-pages";

let reports: AccessReports;
let hundred: AccessReports;
let thousand: AccessReports;
beforeAll(async () => {
  reports = await reportsOf();
  const two = await manyServices(2);
  hundred = grown(two, ["production"], 100);
  thousand = grown(two, ["production", "staging", "local"], 1000);
});

const EVIL = `</script><img src=x onerror="alert(1)">'&`;
const spoiled = () =>
  JSON.parse(
    JSON.stringify(reports).replaceAll("invoices", JSON.stringify(EVIL).slice(1, -1)),
  ) as AccessReports;
const scriptOf = (page: string) => /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? "";

test("loads nothing, and nothing runs but what its policy knows", () => {
  const page = renderHtml(reports, null);
  for (const text of [page.replace(scriptOf(page), ""), ...drawnPages(reports).values()]) {
    expect(text).not.toMatch(/\b(src|href)="(?!#)/);
    expect(text).not.toMatch(/ style="|<[^>]* on\w+=/);
  }
  const sha = (text = "") => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const [policy = ""] = /Content-Security-Policy" content="[^"]*"/.exec(page) ?? [];
  expect(policy).toContain(`style-src '${sha(/<style>([^]*?)<\/style>/.exec(page)?.[1])}'`);
  expect(policy).toContain(`script-src '${sha(scriptOf(page))}'`);
  expect(policy).toContain("default-src 'none'");
  expect(scriptOf(page)).not.toMatch(
    /\beval\(|new Function|fetch\(|XMLHttpRequest|WebSocket|document\.write/,
  );
});

test("whatever a name is, it stays text", () => {
  const page = renderHtml(spoiled(), null);
  expect(page).not.toContain("<img");
  // One ends the data, one the program.
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
});

test("says without a script what is wrong in production, and who reaches what", () => {
  const text = renderHtml(reports, null).replace(/<script[^]*/, "");
  for (const part of [
    "<noscript>",
    "What is wrong",
    "Who reaches what",
    "#production/service/billing/billing",
  ])
    expect(text).toContain(part);
});

test("its script is what the compiler made of the modules that tests run", () => {
  const script = scriptOf(renderHtml(reports, null));
  expect(script.length).toBeLessThan(120_000);
  expect(() => new Function(script)).not.toThrow();
});

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser(`in a browser (CHROMIUM, /usr/bin/chromium or /usr/bin/google-chrome)`, () => {
  let browser: Browser;
  let directory: string;
  beforeAll(async () => {
    const { chromium } = jest.requireActual<typeof import("playwright-core")>("playwright-core");
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-report-"));
    const pages = { few: reports, evil: spoiled(), many: hundred, thousand };
    for (const [name, each] of Object.entries(pages))
      fs.writeFileSync(path.join(directory, `${name}.html`), renderHtml(each, null));
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

  const SHOWN = [
    "few.html",
    "few.html#production/service/orders",
    "few.html#production/table/shop.public.customers",
  ];

  test.each(["light", "dark"] as const)(
    "axe finds nothing, and nothing is said: %s",
    async (colorScheme) => {
      for (const file of [...SHOWN, "few.html#production/beside/staging", "many.html", "few.html#nowhere"]) {
        // For axe alone, which has to put its script into the page.
        const { page, context, said } = await open(file, { colorScheme, bypassCSP: true });
        await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
        await page.addScriptTag({ path: require.resolve("axe-core") });
        const violations = await page.evaluate(async () => {
          const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
          return (await axe.run()).violations;
        });
        expect(violations.map(({ id, nodes }) => `${file} ${id}: ${nodes[0]?.html.slice(0, 200)}`)).toEqual(
          [],
        );
        expect(said).toEqual([]);
        await context.close();
      }
    },
    240_000,
  );

  test("what a name holds does not run where a browser draws it", async () => {
    const { page, context, said } = await open("evil.html");
    await page.getByRole("link", { name: "billing", exact: true }).click();
    await page.getByRole("heading", { name: "service billing/billing" }).waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("main").textContent()).toContain(EVIL);
    expect(said).toEqual([]);
    await context.close();
  });

  test("words and verb leave what has them, and a link of what is left leads to its page", async () => {
    const { page, context, said } = await open("few.html");
    await page.getByLabel("Find a service").fill("payments");
    expect(await page.locator("#count").textContent()).toBe(
      "1 service and 1 table of production with these words.",
    );
    expect(await page.locator(".matrix tbody a").allTextContents()).toEqual(["billing"]);
    await page.getByLabel("Verb", { exact: true }).selectOption("DELETE");
    expect(await page.locator(".matrix").count()).toBe(0);
    await page.getByLabel("Verb", { exact: true }).selectOption("UPDATE");
    await page.locator(".matrix thead a").click();
    await page.getByRole("heading", { name: "table shop.public.payments" }).waitFor();
    expect(page.url()).toContain("#production/table/shop.public.payments");
    expect(await page.title()).toContain("shop.public.payments");
    await page.goBack();
    await page.getByRole("heading", { name: "production", exact: true }).waitFor();
    expect(said).toEqual([]);
    await context.close();
  });

  test("folds by the keyboard, which stays where it was, and under a head that stays", async () => {
    const { page, context } = await open("many.html", { viewport: { width: 1440, height: 900 } });
    const team = page.locator(".fold", { hasText: /^team-7$/ });
    await team.focus();
    await page.keyboard.press("Enter");
    expect(await team.getAttribute("aria-expanded")).toBe("true");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("team-7");
    await page.getByRole("button", { name: "shop.public" }).click();
    const box = page.locator(".scroll.tall");
    await box.evaluate((each) => each.scrollTo(400, 400));
    const [head, area] = [
      await page.locator(".matrix .schemas th").first().boundingBox(),
      await box.boundingBox(),
    ];
    expect(Math.abs((head?.y ?? 0) - (area?.y ?? 0))).toBeLessThan(3);
    expect(Math.abs((head?.x ?? 0) - (area?.x ?? 0))).toBeLessThan(3);
    await context.close();
  });

  test.each([...SHOWN, "many.html"])("on a telephone no word of %s is broken inside", async (file) => {
    const { page, context } = await open(file, { viewport: { width: 390, height: 844 } });
    const broken = await page.evaluate(() => {
      document.querySelectorAll("details").forEach((each) => (each.open = true));
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

  test.each(["few.html", "many.html", "thousand.html"])(
    "%s on paper is an environment on ten pages at most, and nothing is cut",
    async (file) => {
      const { page, context } = await open(file, { viewport: { width: 688, height: 1000 } });
      const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
      expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeLessThanOrEqual(10);
      await page.emulateMedia({ media: "print" });
      const cut = await page.evaluate(() => {
        dispatchEvent(new Event("beforeprint"));
        return [...document.querySelectorAll<HTMLElement>("body *")]
          .filter(
            (each) =>
              !each.closest("svg, details.long") && each.getBoundingClientRect().right > innerWidth + 1,
          )
          .map(({ outerHTML }) => outerHTML.slice(0, 120));
      });
      expect(cut).toEqual([]);
      await context.close();
    },
    60_000,
  );

  test("a script is not needed for what stands first", async () => {
    const { page, context } = await open("few.html", { javaScriptEnabled: false });
    expect(await page.getByRole("heading", { name: "What is wrong" }).isVisible()).toBe(true);
    expect(await page.locator(".matrix tbody a").count()).toBe(3);
    expect(await page.locator(".find").isVisible()).toBe(false);
    await context.close();
  });

  test("the keyboard reaches the report by the skip link, and it stays the one that was shown", async () => {
    const { page, context } = await open("few.html#production/service/orders");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("skip");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    expect(await page.getByRole("heading", { name: "service shop/orders" }).isVisible()).toBe(true);
    await context.close();
  });

  test("three thousand services are a first view of few nodes, and each is found", async () => {
    const { page, context } = await open("thousand.html");
    expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(2000);
    await page.getByLabel("Find a service").fill("service-742");
    expect(await page.locator("#count").textContent()).toBe(
      "1 service and 2 tables of production with these words.",
    );
    await page.locator(".matrix tbody a").click();
    await page.getByRole("heading", { name: "service team-22/service-742" }).waitFor();
    await context.close();
  });
});

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}
