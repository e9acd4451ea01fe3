import Ajv from "ajv";
import fc from "fast-check";
import type { Controller } from "../../lib/service/declaration/workload";
import { isObject, type Value, type ValueObject } from "../../proof/access";
import { fieldsOf, outline } from "../../proof/rules/closed/kubernetes/outline";
import schema from "../../proof/rules/closed/kubernetes/schema.json";
import { definitionOf, kindOfProvider, objections } from "../../proof/rules/closed/kubernetes/schema";
import { KUBERNETES } from "../../proof/rules/closed/shapes/kubernetes";
import { staging } from "../../template/project/stacks/staging";
import { maximal } from "../support/maximal";
import { RenderedEnvironments } from "../support/rules-mutations";
import { container, operation, pod, probe, type Json, type Spoil } from "./spoil-pods";

const DEPLOYMENT = "apps/v1 Deployment";
const TEMPLATE = "spec.template.spec.containers.0";

test("the schema has every kind that is rendered, and every one that a patch is written for", () => {
  const controllers: Controller[] = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"];
  const kinds = [
    ...KUBERNETES.map(([type]) => kindOfProvider(type.replace("kubernetes_", ""))),
    ...controllers.map((kind) => `${["CronJob", "Job"].includes(kind) ? "batch" : "apps"}/v1 ${kind}`),
  ];
  expect(kinds.map((kind) => kind && definitionOf(kind)?.$ref)).not.toContain(undefined);
});

describe("what is not as Kubernetes has it is found in what was rendered", () => {
  const [elsewhere = staging] = maximal.filter(({ services }) =>
    services.some(({ workload }) => workload.kind === "elsewhere"),
  );
  const rendered = new RenderedEnvironments([staging, elsewhere]);
  const found = async (environment: typeof staging, spoil: Spoil) => {
    const { findings } = await rendered.findingsAfter(environment, spoil);
    return findings.filter(({ rule }) => rule === "proof/kubernetes-schema").map(({ message }) => message);
  };

  test.each<[string, Spoil, string]>([
    [
      "a misspelt field",
      container((c) => (c.image_pul_policy = "Always")),
      `${TEMPLATE}.image_pul_policy is no field that it knows`,
    ],
    [
      "a field of another object",
      pod((spec) => (spec.image = "x")),
      "spec.template.spec.image is no field that it knows",
    ],
    [
      "a value of another type",
      container((c) => (c.port[0].container_port = "http")),
      `${TEMPLATE}.ports.0.containerPort is of the type string, and must be of the type number`,
    ],
    [
      "a value that there is not",
      container((c) => (c.image_pull_policy = "Sometimes")),
      `${TEMPLATE}.imagePullPolicy is "Sometimes", and must be "Always" or "IfNotPresent" or "Never"`,
    ],
    [
      "a field that must be there",
      container((c) => delete c.volume_mount[0].mount_path),
      `${TEMPLATE}.volumeMounts.0.mountPath is not set`,
    ],
    [
      "a Service of another type",
      (spoilt) => (spoilt.first("kubernetes_service_v1").spec.type = "Internal"),
      'spec.type is "Internal", and must be "ClusterIP" or "ExternalName" or "LoadBalancer" or "NodePort"',
    ],
    [
      "a ConfigMap whose data is a list",
      (spoilt) => (spoilt.first("kubernetes_config_map_v1").data = ["contract"]),
      "data is of the type array, and must be of the type object",
    ],
    [
      "a patch with a probe's number as a text",
      probe((value) => ({ ...value, periodSeconds: "1" })),
      "in the pod that the webhook answers, spec.initContainers.0.startupProbe.periodSeconds is of the type string, and must be of the type number",
    ],
    [
      "a patch with a misspelt field",
      operation("/restartPolicy", (each) => ({ ...each, path: "/restartpolicy" })),
      "in the pod that the webhook answers, spec.initContainers.0.restartpolicy is no field that it knows",
    ],
  ])("%s", async (_, spoil, message) => {
    expect(await found(staging, spoil)).toEqual([message]);
  });

  const manifest =
    (from: string, to: string): Spoil =>
    ({ files, environment }) => {
      const file = Object.keys(files).find(
        (name) => name.startsWith(`manifests/${environment}/`) && !name.endsWith(".values.yaml"),
      );
      const before = files[file ?? ""] ?? "";
      expect(before).toContain(from);
      files[file ?? ""] = before.replace(from, to);
    };

  test.each<[string, Spoil, RegExp]>([
    [
      "a misspelt field of a patch",
      manifest("serviceAccountName:", "serviceAcountName:"),
      /^spec\..*serviceAcountName is no field/,
    ],
    [
      "a text where Kubernetes has a truth value",
      manifest("automountServiceAccountToken: false", 'automountServiceAccountToken: "false"'),
      /automountServiceAccountToken is of the type string, and must be of the type boolean$/,
    ],
    [
      "an API that there is not",
      manifest("apiVersion: apps/v1", "apiVersion: apps/v1beta1"),
      /^there is no schema of apps\/v1beta1 \w+$/,
    ],
  ])("%s", async (_, spoil, message) => {
    expect(await found(elsewhere, spoil)).toEqual([expect.stringMatching(message)]);
  });
});

/** An object with a field of each sort: texts, enumerations, numbers, both, lists, maps, what must be there. */
const object = (name: string): ValueObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels: { app: name }, annotations: { note: name } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: "25%" } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        serviceAccountName: name,
        restartPolicy: "Always",
        automountServiceAccountToken: false,
        containers: [
          {
            name,
            image: name,
            imagePullPolicy: "Always",
            args: [name],
            env: [
              { name: "A", value: name },
              { name: "B", valueFrom: { secretKeyRef: { name, key: "b" } } },
            ],
            ports: [{ containerPort: 80, protocol: "TCP" }],
            resources: { limits: { memory: "1Gi", cpu: 1 } },
            securityContext: { runAsUser: 1, capabilities: { drop: ["ALL"] } },
            volumeMounts: [{ name: "v", mountPath: "/v", readOnly: true }],
            readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 1 },
          },
        ],
        volumes: [{ name: "v", emptyDir: {} }],
      },
    },
  },
});

function outlined(value: Value): Value {
  return outline({ $ref: definitionOf(DEPLOYMENT)?.$ref ?? "" }, value, "kubernetes");
}

/** The places of everything in an object. */
function places(value: Value, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner: [string | number, Value][] = Array.isArray(value)
    ? [...(value as Value[]).entries()]
    : Object.entries(isObject(value) ? value : {});
  return [path, ...inner.flatMap(([key, each]) => places(each, [...path, key]))];
}

test("objects that are alike but for names are one in outline", () => {
  expect(outlined(object("orders"))).toEqual(outlined(object("billing")));
  expect(objections(DEPLOYMENT, outlined(object("orders")), true)).toEqual([]);
});

/** Another reader of JSON Schema, on the object itself: neither outline nor reader may make a difference. */
test("the schema takes an object if and only if a validator takes it that reads all of it", () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const isValid = ajv.addSchema(schema, "kubernetes").compile({
    $ref: `kubernetes${definitionOf(DEPLOYMENT)?.$ref}`,
  });
  const verdicts = new Set<boolean>();
  const value = fc.constantFrom<Value>("x", "Always", "5", 5, 1.5, -1, true, [], ["x"], {}, { name: "x" });
  const at = fc.constantFrom(...places(object("orders")).slice(1));
  fc.assert(
    fc.property(at, fc.option(value, { nil: undefined }), fc.boolean(), (path, to, isRenamed) => {
      const spoilt = structuredClone(object("orders")) as Json;
      const last = path.at(-1) ?? "";
      const parent = path.slice(0, -1).reduce<Json>((inner, key) => inner[key] as Json, spoilt);
      if (Array.isArray(parent)) parent.splice(Number(last), 1, ...(to === undefined ? [] : [to]));
      else {
        delete parent[last];
        if (to !== undefined) parent[isRenamed ? `${last}x` : last] = to;
      }
      const taken = isValid(spoilt);
      verdicts.add(taken);
      expect(objections(DEPLOYMENT, outlined(spoilt), true).length === 0).toBe(taken);
    }),
    { numRuns: 2_000 },
  );
  expect(verdicts.size).toBe(2);
});

test("the provider's arguments become the fields that it sends", () => {
  const written = {
    metadata: [{ name: "orders", namespace: "shop" }],
    wait_for_rollout: true,
    timeouts: { create: "1m" },
    spec: {
      replicas: "2",
      template: [
        {
          spec: {
            share_process_namespace: "true",
            container: {
              env: [{ name: "A", value: 5 }],
              port: { container_port: "80" },
              security_context: { run_as_user: "10001" },
              liveness_probe: { tcp_socket: [{ port: "80" }] },
            },
            topology_spread_constraint: [{ max_skew: 1, label_selector: [{ match_labels: { a: "b" } }] }],
            host_pid: null,
          },
        },
      ],
    },
  };
  const definition = { $ref: definitionOf(DEPLOYMENT)?.$ref ?? "" };
  expect(outline(definition, fieldsOf(definition, written), "provider")).toEqual({
    metadata: { name: "", namespace: "" },
    spec: {
      replicas: 2,
      template: {
        spec: {
          shareProcessNamespace: true,
          containers: [
            {
              env: [{ name: "", value: "" }],
              ports: [{ containerPort: 80 }],
              securityContext: { runAsUser: 10001 },
              livenessProbe: { tcpSocket: { port: 80 } },
            },
          ],
          topologySpreadConstraints: [{ maxSkew: 1, labelSelector: { matchLabels: {} } }],
        },
      },
    },
  });
});
