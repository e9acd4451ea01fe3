import fs from "node:fs";
import path from "node:path";
import type { KubernetesClient } from "../servers/kubernetes-client";
import { fieldValue, type PodAddress } from "./field-ref";
import {
  userOf,
  type FileSource,
  type Pod,
  type ProjectedSource,
  type TokenSource,
  type Volume,
} from "./pod";

/** Kubernetes' default when a token source names no expiry. */
const TOKEN_SECONDS = 3600;

/**
 * The volumes of one pod as directories. ConfigMaps and Secrets are copied once, at the start; tokens are
 * renewed at 80 % of their life, as the kubelet does.
 */
export class PodVolumes {
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly kubernetes: KubernetesClient,
    private readonly pod: Pod,
    private readonly address: PodAddress,
    private readonly directory: string,
  ) {}

  /** Fills every volume before the first container starts. */
  async prepare(): Promise<void> {
    for (const volume of this.pod.spec.volumes ?? []) {
      const directory = this.path(volume.name);
      fs.mkdirSync(directory, { recursive: true });
      await this.fill(directory, volume);
    }
  }

  path(name: string): string {
    return path.join(this.directory, name);
  }

  /** Removes everything: a pod's volumes end with it. */
  remove(): void {
    this.timers.forEach(clearInterval);
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  private async fill(
    directory: string,
    { name, emptyDir, configMap, secret, projected }: Volume,
  ): Promise<void> {
    if (emptyDir) return this.openToGroup(directory);
    if (configMap) return this.writeConfigMap(directory, configMap, configMap.defaultMode);
    if (secret)
      return this.writeSecret(directory, { ...secret, name: secret.secretName }, secret.defaultMode);
    if (!projected) throw new Error(`volume ${name} is of a kind that the pod runner does not support`);
    for (const source of projected.sources)
      await this.writeProjected(directory, source, projected.defaultMode);
  }

  /** Anybody may write to an emptyDir; with an fsGroup what is written there belongs to the group. */
  private openToGroup(directory: string): void {
    const { fsGroup } = this.pod.spec.securityContext ?? {};
    if (fsGroup !== undefined) fs.chownSync(directory, 0, fsGroup);
    fs.chmodSync(directory, fsGroup === undefined ? 0o777 : 0o2777);
  }

  private async writeProjected(directory: string, source: ProjectedSource, mode?: number): Promise<void> {
    const { serviceAccountToken, configMap, secret, downwardAPI } = source;
    if (serviceAccountToken) await this.keepToken(directory, serviceAccountToken);
    if (configMap) await this.writeConfigMap(directory, configMap, mode);
    if (secret) await this.writeSecret(directory, secret, mode);
    for (const { path: name, fieldRef } of downwardAPI?.items ?? []) {
      this.write(directory, name, fieldValue(fieldRef, this.pod, this.address), mode);
    }
  }

  private async keepToken(directory: string, source: TokenSource): Promise<void> {
    const { expirationSeconds = TOKEN_SECONDS } = source;
    await this.writeToken(directory, source, expirationSeconds);
    // A refresh that fails is repeated at the next turn; the kubelet tries again sooner.
    const refresh = () => void this.writeToken(directory, source, expirationSeconds).catch(() => undefined);
    this.timers.push(setInterval(refresh, expirationSeconds * 800).unref());
  }

  /** A token bound to the pod, for the audience that the volume asks for. */
  private async writeToken(
    directory: string,
    { audience, path: name }: TokenSource,
    expirationSeconds: number,
  ) {
    const { metadata, spec } = this.pod;
    const { status } = await this.kubernetes.create<{ status: { token: string } }>(
      `/api/v1/namespaces/${metadata.namespace}/serviceaccounts/${spec.serviceAccountName ?? "default"}/token`,
      {
        spec: {
          audiences: audience ? [audience] : undefined,
          expirationSeconds,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name: metadata.name, uid: metadata.uid },
        },
      },
    );
    const { uid, gid, mode } = this.tokenOwner();
    const temporary = path.join(directory, `.${name}`);
    fs.writeFileSync(temporary, status.token, { mode });
    fs.chownSync(temporary, uid, gid);
    fs.renameSync(temporary, path.join(directory, name));
  }

  /** As the kubelet: the group with an fsGroup, the one user where all containers share it, else everybody. */
  private tokenOwner(): { uid: number; gid: number; mode: number } {
    const { securityContext, initContainers = [], containers } = this.pod.spec;
    if (securityContext?.fsGroup !== undefined) return { uid: 0, gid: securityContext.fsGroup, mode: 0o640 };
    const users = new Set(
      [...initContainers, ...containers].map((container) => userOf(this.pod, container).uid),
    );
    const [uid = 0] = users;
    return users.size === 1 ? { uid, gid: 0, mode: 0o600 } : { uid: 0, gid: 0, mode: 0o644 };
  }

  private async writeConfigMap(directory: string, source: FileSource, mode?: number): Promise<void> {
    const data = await this.data("configmaps", source.name);
    selected(data, source).forEach(([file, content]) => this.write(directory, file, content, mode));
  }

  private async writeSecret(directory: string, source: FileSource, mode?: number): Promise<void> {
    const data = await this.data("secrets", source.name);
    selected(data, source).forEach(([file, content]) =>
      this.write(directory, file, Buffer.from(content, "base64"), mode),
    );
  }

  private async data(kind: "configmaps" | "secrets", name: string): Promise<Record<string, string>> {
    const path = `/api/v1/namespaces/${this.pod.metadata.namespace}/${kind}/${name}`;
    return (await this.kubernetes.get<{ data?: Record<string, string> }>(path)).data ?? {};
  }

  private write(directory: string, name: string, content: string | Buffer, mode = 0o644): void {
    const file = path.join(directory, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode });
    const { fsGroup } = this.pod.spec.securityContext ?? {};
    if (fsGroup === undefined) return;
    fs.chownSync(file, 0, fsGroup);
    fs.chmodSync(file, mode | 0o040);
  }
}

/** File names and contents: all keys, or those that the source picks. */
function selected(data: Record<string, string>, { name, items }: FileSource): [string, string][] {
  if (!items) return Object.entries(data);
  return items.map(({ key, path: file }) => {
    const content = data[key];
    if (content === undefined) throw new Error(`${name} has no key ${key}`);
    return [file, content];
  });
}
