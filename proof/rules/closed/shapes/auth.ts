import { resource } from "../resource";
import { list, only, optional, text, whole, type Shape } from "../shape";

/** Who may log in by a Kubernetes auth method (Vault, API documentation of the method). */
export const authRole: Shape = resource({
  backend: text,
  role_name: text,
  bound_service_account_names: list(text),
  bound_service_account_namespaces: list(text),
  audience: text,
  // Others do not exist, and "serviceaccount_name" would be one alias for ServiceAccounts made anew.
  alias_name_source: only("serviceaccount_uid"),
  token_policies: list(text),
  token_period: optional(whole(1)),
  token_ttl: optional(whole(1)),
  token_max_ttl: optional(whole(1)),
  token_explicit_max_ttl: optional(whole(0)),
  token_type: optional(only("default", "service", "default-service")),
  // A token with a number of uses ends before its pod does.
  token_num_uses: optional(only(0)),
});
