import { textLike, type Shape } from "../shape";
import { z } from "zod";

const FIELDS = [
  "[0-5]?\\d",
  "[01]?\\d|2[0-3]",
  "0?[1-9]|[12]\\d|3[01]",
  "0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
  "0?[0-6]|sun|mon|tue|wed|thu|fri|sat",
].map((value) => {
  const part = `(?:[*?]|(?:${value})(?:-(?:${value}))?)(?:/[1-9]\\d?)?`;
  return `${part}(?:,${part})*`;
});

/** The five fields that Kubernetes reads, or a word; it refuses a time zone in front (robfig/cron, Kubernetes). */
export const schedule: Shape = textLike(
  new RegExp(`^(?:@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|${FIELDS.join(" ")})$`, "i"),
  "be five fields of cron, or a word such as @daily",
);

export const timeZone: Shape = z.unknown().superRefine((value, context) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: String(value) });
  } catch {
    context.addIssue({ code: "custom", message: "must be the name of a time zone" });
  }
});
