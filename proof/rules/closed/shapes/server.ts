import { z } from "zod";
import { resource } from "../resource";
import { block, only, optional, text, textLike, whole, type Shape } from "../shape";
import { remark, vaultName, yes } from "./common";

/** One that is there already is somebody else's: it is not written over where the provider can refuse to. */
export const policy: Shape = resource({
  name: vaultName,
  policy: text,
  allow_overwrite: optional(only(false)),
});

const device = (type: string, options: Shape): Shape =>
  resource({ type: only(type), path: vaultName, description: remark, options });

const absolute = textLike(
  /^(stdout|(\/[\w-][\w.-]*)+)$/,
  "be stdout or an absolute path of letters, digits, '_', '-' and '.'",
);

const DEVICES: Readonly<Record<string, Shape>> = {
  // Neither a mode nor a prefix, which Vault refuses, and no log_raw, which writes credentials in clear.
  file: device("file", block({ file_path: absolute })),
  socket: device(
    "socket",
    block({
      socket_type: only("tcp", "udp", "unix"),
      address: textLike(/^(\S+:\d{1,5}|(\/[\w.-]+)+)$/, "be HOST:PORT or the path of a socket"),
    }),
  ),
  syslog: device("syslog", block({ facility: text, tag: text })),
};

/** An audit device, which by its type has other options. */
export const audit: Shape = z.unknown().superRefine((value, context) => {
  const { type } = value as { readonly type?: unknown };
  const shape = typeof type === "string" && Object.hasOwn(DEVICES, type) ? DEVICES[type] : undefined;
  const checked = (shape ?? resource({ type: only(...Object.keys(DEVICES)) })).safeParse(value);
  for (const issue of checked.error?.issues ?? []) context.issues.push(issue as never);
});

export const rateLimit: Shape = resource({
  name: vaultName,
  path: text,
  // Vault rounds to whole requests: 0.4 would lock everybody out.
  rate: whole(1, 1_000_000),
  interval: whole(1, 3600),
});

/** What is refused is recorded, and nothing is let through that a quota limits. */
export const quotaConfig: Shape = resource({ enable_rate_limit_audit_logging: yes });

/** The only thing that is asked of Vault by its path: that it rotates the password of its own login. */
export const rotation: Shape = resource({
  path: textLike(
    /^[\w.-]+(\/[\w.-]+)*\/rotate-root\/[\w-]+$/,
    "be the path that rotates the login of a connection, MOUNT/rotate-root/CONNECTION",
  ),
  data_json: textLike(/^\{"rev":"\d+"\}$/, 'be {"rev":"NUMBER"}: a higher number rotates once more'),
  // Vault has nothing to read there, and nothing to delete: each plan and each destroy would fail.
  disable_read: yes,
  disable_delete: yes,
  description: optional(text),
});
