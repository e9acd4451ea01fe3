import type { Environment } from "leasehold";
import { local } from "./local";
import { production } from "./production";
import { staging } from "./staging";

/** Every environment; all are synthesized every time. */
export const environments: readonly Environment[] = [local, staging, production];
