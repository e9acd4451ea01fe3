import { z } from "zod";
import { resource } from "../resource";
import { block, empty, list, only, optional, textLike, whole, type Keys, type Shape } from "../shape";
import {
  apiServer,
  certificate,
  fromVariable,
  goDuration,
  objectName,
  one,
  remark,
  vaultName,
  vaultPath,
} from "./common";

/** A mounted auth method. In JSON the provider asks for every key of `tune`. */
export const authBackend: Shape = resource({
  type: only("kubernetes"),
  path: vaultPath,
  description: remark,
  tune: block({
    default_lease_ttl: goDuration,
    max_lease_ttl: goDuration,
    // Batch tokens cannot be renewed, and their leases not either.
    token_type: only("default-service"),
    // Whoever has not logged in is not told that there is the method.
    listing_visibility: only("hidden"),
    allowed_response_headers: empty,
    // A login's request has the pod's token in it.
    audit_non_hmac_request_keys: empty,
    audit_non_hmac_response_keys: empty,
    passthrough_request_headers: empty,
  }),
});

const authConfigurationWith = (reviewer: Keys): Shape =>
  resource({
    backend: vaultPath,
    kubernetes_host: apiServer,
    kubernetes_ca_cert: optional(certificate),
    ...reviewer,
    // The provider would write false, and the issuers of clusters differ: every login would be refused.
    disable_iss_validation: only(true),
    disable_local_ca_jwt: only(true, false),
  });

const keptReviewer = authConfigurationWith({ token_reviewer_jwt: optional(fromVariable) });
const writeOnlyReviewer = authConfigurationWith({
  token_reviewer_jwt_wo: fromVariable,
  token_reviewer_jwt_wo_version: whole(1),
});

/** How the method asks a cluster whether a pod's token is genuine. */
export const authConfiguration: Shape = z.unknown().superRefine((value, context) => {
  const isWriteOnly = Object.keys(value ?? {}).some((key) => key.startsWith("token_reviewer_jwt_wo"));
  const checked = (isWriteOnly ? writeOnlyReviewer : keptReviewer).safeParse(value);
  for (const issue of checked.error?.issues ?? []) context.issues.push(issue as never);
});

/** Who may log in by a Kubernetes auth method (Vault, API documentation of the method). */
export const authRole: Shape = resource({
  backend: vaultPath,
  role_name: vaultName,
  bound_service_account_names: one(objectName),
  bound_service_account_namespaces: one(objectName),
  audience: textLike(/^[\w.:/-]+$/, "be one audience, without spaces"),
  // Others do not exist, and "serviceaccount_name" would be one alias for ServiceAccounts made anew.
  alias_name_source: only("serviceaccount_uid"),
  token_policies: list(vaultName),
  token_period: whole(1),
  token_ttl: optional(only(0)),
  token_max_ttl: optional(only(0)),
  token_explicit_max_ttl: optional(only(0)),
  token_type: optional(only("default", "service", "default-service")),
  // A token with a number of uses ends before its pod does.
  token_num_uses: optional(only(0)),
});
