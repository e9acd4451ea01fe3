import type { DevVault, ExternalVault, HaVault, InstalledInjector, TransitSeal } from "../../lib/vault";

/** A self-signed CA whose key was thrown away; valid until 2036, which nothing checks. */
export const CA_PEM = `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUEUVQ5OOYdikLAT8MJgy3lN2HhzEwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHdGVzdC1jYTAeFw0yNjExMjQwMjQ4MzNaFw0zNjExMjEwMjQ4
MzNaMBIxEDAOBgNVBAMMB3Rlc3QtY2EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AART+wPZd/cohwcOmfvE6f75hJ/YgojwEJw435wBaKyzim3r3K1oVvNXiRvC7R89
tXgvMTiCVIyoOq84bCq32RFvo1MwUTAdBgNVHQ4EFgQU2EJnTsmtPxYHRwBbn2l2
yqZJV3QwHwYDVR0jBBgwFoAU2EJnTsmtPxYHRwBbn2l2yqZJV3QwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA1p7nWf9++v6E7jCPun3LlZtIQtKJ
9aj6I6cZcfbbOj8CIHqpu6uX/sEGwRTlRoCeMr/ysMlf0xuDuk+2YnAucPr5
-----END CERTIFICATE-----
`;

export const DEV: DevVault = { mode: "dev" };

/** A cluster with nothing but what has no default. */
export const HA: HaVault = {
  mode: "ha",
  tls: { secretName: "vault-server-tls", caCertificate: CA_PEM },
  seal: { kind: "shamir" },
};

export const TRANSIT: TransitSeal = {
  kind: "transit",
  address: "https://root.acme.internal:8200",
  mountPath: "transit",
  keyName: "unseal",
  secret: { name: "vault-transit" },
};

/** An external Vault whose injector is installed here. */
export const EXTERNAL: ExternalVault & { readonly injector: InstalledInjector } = {
  mode: "external",
  address: "https://vault.acme.internal:8200",
  injector: { kind: "install" },
};
