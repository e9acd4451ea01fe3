/** Where Terraform finds Vault, as `local` says, and its one server. */
export const VAULT = { port: 8200, address: "http://127.0.0.1:8200", namespace: "vault", pod: "vault-0" };

/** Of a Vault in dev mode: the chart's default, which everybody knows. */
export const ROOT_TOKEN = "root";

/** The stacks of `local`, in the order of apply. */
export const STACKS = ["local-vault", "local-platform", "local"] as const;
