import { HttpJson, type HttpJsonOptions } from "../support/http-json";

/** The part of every Kubernetes object that the bench reads. */
export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
  };
}

/** What has become of an object, as the API server tells whoever watches. */
export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

/** The API server's answer when it is not what was asked for. */
export class KubernetesError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = "KubernetesError";
  }
}

const MERGE_PATCH = "application/merge-patch+json";

/** The Kubernetes API by its paths; nothing here knows kinds. */
export class KubernetesClient {
  private readonly http: HttpJson;

  constructor(options: HttpJsonOptions) {
    this.http = new HttpJson(options);
  }

  async isReady(): Promise<boolean> {
    return (await this.http.request("GET", "/readyz")).status === 200;
  }

  get<T>(path: string): Promise<T> {
    return this.request<T>("GET", path);
  }

  /** Undefined where there is no such object. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list<T>(path: string): Promise<T[]> {
    return (await this.get<{ items: T[] | null }>(path)).items ?? [];
  }

  /** Tells what becomes of the objects of a path after a version of their list, until the API server or the caller ends it. */
  watch<T>(path: string, resourceVersion: string, onEvent: (event: WatchEvent<T>) => void) {
    const watch = `${path}?watch=true&resourceVersion=${resourceVersion}`;
    return this.http.lines(watch, (line) => onEvent(line as WatchEvent<T>));
  }

  create<T>(path: string, object: unknown): Promise<T> {
    return this.request<T>("POST", path, object);
  }

  /** Creates what is not there yet. */
  async ensure(path: string, object: unknown): Promise<void> {
    try {
      await this.create(path, object);
    } catch (error) {
      if (!(error instanceof KubernetesError && error.reason === "AlreadyExists")) throw error;
    }
  }

  /** A merge patch replaces lists as a whole; a strategic one merges them by their keys. */
  patch<T>(path: string, patch: unknown, contentType = MERGE_PATCH): Promise<T> {
    return this.request<T>("PATCH", path, patch, { "content-type": contentType });
  }

  /** Nothing happens where there is no such object. */
  async delete(path: string, options?: unknown): Promise<void> {
    try {
      await this.request("DELETE", path, options);
    } catch (error) {
      if (!(error instanceof KubernetesError && error.status === 404)) throw error;
    }
  }

  close(): void {
    this.http.close();
  }

  private async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<T> {
    const response = await this.http.request(method, path, body, headers);
    if (response.status < 300) return response.body as T;
    const { message, reason } = (response.body ?? {}) as { message?: string; reason?: string };
    throw new KubernetesError(
      response.status,
      reason ?? "",
      `${method} ${path}: ${response.status} ${message ?? ""}`,
    );
  }
}
