/**
 * `npm run bench:report`: the access report of three environments of 1,000 services each, as a page: its size, and in
 * headless Chromium (`CHROMIUM`, else where distributions put it) what is drawn first, after how long, and on how many
 * sheets of paper.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { renderReport } from "@leasehold/proof/report";
import { CHROMIUM } from "../../test/support/chromium";
import { grown, manyServices } from "../../test/support/many-services";

/** How often it is opened; the median counts. */
const RUNS = 5;
const ENVIRONMENTS = ["production", "staging", "local"];
const SERVICES = 1000;

async function main(): Promise<void> {
  if (CHROMIUM === undefined) throw new Error("there is no Chromium: name one by CHROMIUM");
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-bench-"));
  try {
    const file = path.join(directory, "access.html");
    fs.writeFileSync(file, renderReport(grown(await manyServices(2), ENVIRONMENTS, SERVICES), "html"));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      print("environments, services of each", `${ENVIRONMENTS.length}, ${SERVICES}`);
      print("size of the page", `${(fs.statSync(file).size / 2 ** 20).toFixed(2)} MiB`);
      await measured(browser, pathToFileURL(file).href);
    } finally {
      await browser.close();
    }
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

async function measured(browser: Browser, url: string): Promise<void> {
  const firstViews: number[] = [];
  let nodes = 0;
  let sheets = 0;
  for (let run = 0; run < RUNS; run++) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(url);
    firstViews.push(await firstView(page));
    nodes = await page.evaluate(() => document.querySelectorAll("*").length);
    if (run === 0) sheets = sheetsOf(await page.pdf());
    await page.close();
  }
  print(`first view, median of ${RUNS} times`, `${(median(firstViews) / 1000).toFixed(2)} s`);
  print("elements in it", String(nodes));
  print("printed, one environment", `${sheets} sheets`);
}

/** Milliseconds from the beginning of the navigation to the first text that is painted. */
function firstView(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        new PerformanceObserver((list) => {
          const found = list.getEntriesByName("first-contentful-paint")[0];
          if (found !== undefined) resolve(found.startTime);
        }).observe({ type: "paint", buffered: true }),
      ),
  );
}

function sheetsOf(pdf: Buffer): number {
  return pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function print(what: string, value: string): void {
  console.log(`${what.padEnd(42)} ${value}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
