import { providerProblems, type Provider, type ProviderVersions } from "../core/providers";
import { object, schemaOf, textThat } from "../core/schema";

const providerVersion = (provider: Provider) =>
  textThat((property, version) => providerProblems(property, provider, version)).optional();

/** Versions of providers, as they are checked when the program runs. */
export const providersSchema = schemaOf<ProviderVersions>()(
  object({
    vault: providerVersion("vault"),
    kubernetes: providerVersion("kubernetes"),
    helm: providerVersion("helm"),
  }),
);
