/** Domains of annotations that change what a pod is made of or how it runs: of the injector, Kubernetes, service meshes. */
const OWNED =
  /^(leasehold|([\w-]+\.)*(hashicorp\.com|kubernetes\.io|k8s\.io|istio\.io|linkerd\.io|cilium\.io|kuma\.io|openshift\.io))\//;

/** Annotations of such a domain that change nothing of the pod. */
const HARMLESS: ReadonlySet<string> = new Set([
  "cluster-autoscaler.kubernetes.io/safe-to-evict",
  "kubectl.kubernetes.io/default-container",
]);

/** Whether an annotation of a pod is read by nobody who would change the pod. */
export function isHarmlessAnnotation(key: string): boolean {
  return HARMLESS.has(key) || (key.includes("/") && !OWNED.test(key));
}
