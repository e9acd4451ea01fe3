import { readFileSync } from "node:fs";
import path from "node:path";
import { go } from "./go";
import { jvm } from "./jvm";
import { node } from "./node";
import { python } from "./python";
import type { PageOfClient } from "./tables";

/** In the order of the page of all clients. */
export const CLIENTS = [node, python, go, jvm];

/** Where a page of the clients is. */
export const placeOf = (page: string): string => path.join(__dirname, "..", page);
export const textOf = (page: string): string => readFileSync(placeOf(page), "utf8");

/** The pages of the clients as they are. */
export const pagesOfClients = (): PageOfClient[] =>
  CLIENTS.map(({ name, page }) => ({ name, page, text: textOf(page) }));
