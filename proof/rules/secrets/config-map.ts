import { asTextMap } from "../../access";
import type { Rule } from "../rule";
import { looksLikeSecret, setsPassword } from "./looks";

export const configMap: Rule = {
  id: "secrets/config-map",
  severity: "error",
  title: "ConfigMap with a secret in it",
  why: "A ConfigMap is readable by whoever may read anything in the namespace, and nothing encrypts it at rest. (Kubernetes, ConfigMaps)",
  example: {
    language: "yaml",
    text: `apiVersion: v1
kind: ConfigMap
metadata: { name: orders, namespace: shop }
data:
  DATABASE_URL: postgresql://orders:not-a-real-1@db.example.com/shop`,
  },
  *check({ configMaps }) {
    for (const { origin: at, data } of configMaps) {
      for (const [key, value] of Object.entries(asTextMap(data))) {
        if (typeof value !== "string") continue;
        if (looksLikeSecret(key, value) === undefined && !setsPassword(key, value)) continue;
        yield {
          at,
          message: `the key ${key} holds a secret`,
          fix: "take it out, change it, and let the pod get it from Vault",
        };
      }
    }
  },
};
