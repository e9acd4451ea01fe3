import { Construct, type IConstruct } from "constructs";
import { hostProblems, integerProblems, labelProblems, repeated, type Problem } from "../core";
import { assertProps } from "../core/props";
import {
  Aspects,
  Audit,
  dependable,
  TerraformResource,
  TerraformStack,
  type IAspect,
} from "../core/terraform";
import { auditDevicesSchema } from "./schema";
import { plainTextProblems } from "./text";

/**
 * Where Vault writes its audit log. Every request needs one device that works, and a device that blocks
 * (a full disk, a collector that does not read) stops all of Vault: have two of different kinds. Any
 * change of a device disables and enables it, and it records nothing in between.
 */
export type AuditDevice = StdoutAuditDevice | FileAuditDevice | SocketAuditDevice | SyslogAuditDevice;

interface NamedDevice {
  /**
   * Name of the device in Vault.
   *
   * @default - its kind
   * @protects from two devices of one name: a second one of a kind has to be named
   */
  readonly name?: string;
}

/** The standard output of Vault's pods, for the cluster's log collector. */
export interface StdoutAuditDevice extends NamedDevice {
  readonly kind: "stdout";
}

/** A file on each server, readable by Vault alone. */
export interface FileAuditDevice extends NamedDevice {
  readonly kind: "file";
  /** Absolute path of the file; servers installed in mode `ha` have a volume at `/vault/audit`. */
  readonly path: string;
}

/** A socket of a log collector, best on the same node. */
export interface SocketAuditDevice extends NamedDevice {
  readonly kind: "socket";
  /** `host:port`, or the absolute path of a unix socket. */
  readonly address: string;
  /** Protocol; udp loses entries without a word. */
  readonly socketType: "tcp" | "udp" | "unix";
}

/** The syslog daemon of each server's host; pods have none. */
export interface SyslogAuditDevice extends NamedDevice {
  readonly kind: "syslog";
  /**
   * Facility of the entries.
   *
   * @default "AUTH"
   * @protects from audit entries among others: the facility is that of security messages
   */
  readonly facility?: string;
  /**
   * Tag of the entries.
   *
   * @default "vault"
   * @protects from entries that nobody can tell from those of other programs
   */
  readonly tag?: string;
}

/** The audit devices of one Vault. */
export interface AuditDevicesProps {
  /**
   * All of them. They belong to Vault as a whole: where several environments share one, only the
   * environment that owns Vault declares them.
   */
  readonly devices: readonly AuditDevice[];
}

/**
 * Enables audit devices, one after the other, and before anything else of its stack is done in the same
 * Vault; at destroy they go last.
 *
 * While Vault sets a device up nothing can be written to it ("failed to persist salt: cannot write to
 * storage during setup", Vault 1.21.4): an entry that comes meanwhile fails, and with it the request,
 * unless another device takes the entry. Where it is the entry of the response, Vault has done the work by
 * then, and the provider, which tries again, meets what it has made itself: "path is already in use".
 */
export class AuditDevices extends Construct {
  /** The devices' resources, in the order in which they are enabled. */
  readonly resources: readonly Audit[];

  constructor(scope: Construct, id: string, props: AuditDevicesProps) {
    super(scope, id);
    assertProps(scope, id, props, auditDevicesSchema, ({ devices }) => auditProblems("devices", devices));
    const resources: Audit[] = [];
    for (const device of props.devices) {
      const previous = resources.slice(-1);
      resources.push(
        new Audit(this, deviceName(device), {
          path: deviceName(device),
          type: device.kind === "stdout" ? "file" : device.kind,
          options: deviceOptions(device),
          dependsOn: previous.length > 0 ? previous : undefined,
        }),
      );
    }
    this.resources = resources;
    if (resources.length > 0) Aspects.of(TerraformStack.of(this)).add(new AuditedFromTheStart(resources));
  }
}

/** Lets whatever a stack makes in the devices' Vault wait for them, whoever adds it and when. */
class AuditedFromTheStart implements IAspect {
  constructor(private readonly devices: readonly Audit[]) {}

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || !this.waits(node)) return;
    node.dependsOn = [...new Set([...(node.dependsOn ?? []), ...this.devices.map(dependable)])];
  }

  /** Another provider is another Vault. */
  private waits(resource: TerraformResource): boolean {
    return (
      resource.terraformResourceType.startsWith("vault_") &&
      !this.devices.includes(resource as Audit) &&
      resource.provider === this.devices[0]?.provider
    );
  }
}

/**
 * Everything that is wrong with a set of audit devices. Neither a file mode nor a prefix can be given:
 * Vault refuses executable modes, and a prefix unless its servers allow one (CVE-2025-6000).
 */
export function auditProblems(property: string, devices: readonly AuditDevice[]): Problem[] {
  const names = devices.map(deviceName);
  const targets = devices.map((device) => Object.values(deviceOptions(device)).join(" "));
  return [
    ...devices.flatMap((device, index) => deviceProblems(`${property}[${index}]`, device)),
    ...repeated(names).map((got) => ({
      property,
      must: "hold devices of different names",
      got,
      fix: "give one of them another 'name'",
    })),
    ...repeated(targets).map((got) => ({
      property,
      must: "hold devices that write to different places",
      got,
      fix: "remove one of them",
    })),
  ];
}

function deviceName({ name, kind }: AuditDevice): string {
  return name ?? kind;
}

/** Vault takes every option as a string. */
function deviceOptions(device: AuditDevice): Record<string, string> {
  switch (device.kind) {
    case "stdout":
      return { file_path: "stdout" };
    case "file":
      return { file_path: device.path };
    case "socket":
      return { socket_type: device.socketType, address: device.address };
    case "syslog":
      return { facility: device.facility ?? "AUTH", tag: device.tag ?? "vault" };
  }
}

function deviceProblems(property: string, device: AuditDevice): Problem[] {
  return [...labelProblems(`${property}.name`, deviceName(device)), ...targetProblems(property, device)];
}

function targetProblems(property: string, device: AuditDevice): Problem[] {
  switch (device.kind) {
    case "stdout":
      return [];
    case "file":
      return pathProblems(`${property}.path`, device.path);
    case "socket":
      return device.socketType === "unix"
        ? pathProblems(`${property}.address`, device.address)
        : endpointProblems(`${property}.address`, device.address);
    case "syslog":
      return [
        ...plainTextProblems(`${property}.facility`, device.facility ?? "AUTH"),
        ...plainTextProblems(`${property}.tag`, device.tag ?? "vault"),
      ];
  }
}

/** Vault drops what is written to /dev/null, and standard output is a kind of its own. */
function pathProblems(property: string, path: string): Problem[] {
  const plain = /^(\/[\w-][\w.-]*)+$/.test(path);
  if (plain && !path.startsWith("/dev/")) return [];
  return [
    {
      property,
      must: "be an absolute path of letters, digits, '_', '-' and '.', outside /dev",
      got: path,
      fix: 'write it like "/vault/audit/audit.log"; for standard output take the kind "stdout"',
    },
  ];
}

function endpointProblems(property: string, address: string): Problem[] {
  const [, host = "", port = ""] = /^(.+):(\d{1,5})$/.exec(address) ?? [];
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  const valid =
    hostProblems(property, bare).length + integerProblems(property, Number(port), 1, 65_535).length;
  return valid === 0
    ? []
    : [{ property, must: "be a host and a port", got: address, fix: 'write it like "127.0.0.1:9090"' }];
}
