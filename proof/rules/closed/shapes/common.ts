import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { isUnknown } from "../../../access";
import { list, only, optional, text, textLike, textThat, type Shape } from "../shape";

/** A path in Vault, without a slash at either end. */
export const vaultPath = textLike(
  /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/,
  "be a path in Vault, without a slash at either end",
);

/** A namespace of Vault, from the root. */
export const vaultNamespace = textLike(
  /^[\w-]+(\/[\w-]+)*$/,
  "be a namespace of Vault, from the root and without a slash at either end",
);

/** A name in Vault that no path, no glob and no other spelling hides in. */
export const vaultName = textLike(
  /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/,
  "be a name of letters, digits, '_', '-' and '.'",
);

/** An object of Kubernetes, by its whole name. */
export const objectName = textLike(
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
  "be one exact name: lower-case letters, digits, '-' and '.', no wildcard",
);

/** Exactly one of something: with two each could do what was proven for the other. */
export function one(of: Shape): Shape {
  return list(of).refine((value) => !Array.isArray(value) || value.length === 1, "must hold exactly one");
}

/**
 * An API server as Vault reaches it. Inside of the cluster it has these names; one that only looks like them leads
 * nowhere.
 */
export const apiServer = textLike(
  /^https:\/\/(kubernetes(\.default(\.svc(\.cluster\.local)?)?)?(:443)?|(?!kubernetes(\.|$))[^\s/?#@]+)$/,
  "be the API server's URL, such as https://kubernetes.default.svc",
);

/** A certificate that can be read; one with a letter too many is refused by whoever gets it. */
export const certificate = textThat((value) => {
  const must = "be certificates in PEM that can be read";
  const found = value.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0 || found.reduce((rest, each) => rest.replace(each, ""), value).trim() !== "")
    return must;
  try {
    found.forEach((pem) => new X509Certificate(pem));
    return undefined;
  } catch {
    return must;
  }
});

/** What people read, and nothing else does. */
export const remark = optional(text);

/** A time as Go writes it, which knows no days. */
export const goDuration = textLike(/^(?=.)(\d+h)?(\d+m)?(\d+s)?$/, 'be a time such as "1h" or "1h30m"');

export const yes = only(true);

/** A secret: it comes from one variable as it is, and stands nowhere. */
export const fromVariable = computed(/^\$\{var\.\w+\}$/, "be a variable, and nothing beside it");

/** A secret that Terraform reads when it runs. */
export const fromFile = computed(/^\$\{file\("[^"]+"\)\}$/, "be read from a file, and nothing beside it");

function computed(form: RegExp, must: string): Shape {
  return z.unknown().superRefine((value, context) => {
    if (!isUnknown(value) || !form.test(value.expression))
      context.addIssue({ code: "custom", message: `must ${must}` });
  });
}
