/** Paths of the API that the scenarios use. */

export function namespacePath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}`;
}

export function podsPath(namespace: string, name?: string): string {
  return `${namespacePath(namespace)}/pods${name === undefined ? "" : `/${name}`}`;
}

export function deploymentPath(namespace: string, name?: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments${name === undefined ? "" : `/${name}`}`;
}

export function jobPath(namespace: string, name?: string): string {
  return `/apis/batch/v1/namespaces/${namespace}/jobs${name === undefined ? "" : `/${name}`}`;
}

export function cronJobPath(namespace: string, name: string): string {
  return `/apis/batch/v1/namespaces/${namespace}/cronjobs/${name}`;
}
