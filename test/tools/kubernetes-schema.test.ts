import { schemaOf, schemaText, type OpenApi } from "../../tools/kubernetes-schema/schema";

/** As the API server answers: what is referred to in its own place, and a description beside it. */
const batch: OpenApi = {
  components: {
    schemas: {
      "io.k8s.api.batch.v1.Job": {
        description: "Job represents the configuration of a single job.",
        type: "object",
        properties: {
          spec: { default: {}, allOf: [{ $ref: "#/components/schemas/io.k8s.api.batch.v1.JobSpec" }] },
        },
        "x-kubernetes-group-version-kind": [{ group: "batch", version: "v1", kind: "Job" }],
      },
      "io.k8s.api.batch.v1.JobSpec": {
        type: "object",
        required: ["description"],
        properties: {
          description: { description: "a field of this name", type: "string" },
          labels: { type: "object", additionalProperties: { type: "string", default: "" } },
          completionMode: { type: "string", enum: ["Indexed", "NonIndexed"], description: "\n" },
        },
      },
      "io.k8s.api.batch.v1.CronJob": { type: "object" },
    },
  },
};

test("of a kind all is kept that says what is valid, and no field is taken that is not there", () => {
  const schema = schemaOf([batch], ["batch/v1 Job"], "1.36.3");
  expect(schema.properties).toEqual({ "batch/v1 Job": { $ref: "#/$defs/io.k8s.api.batch.v1.Job" } });
  expect(schema.$defs).toEqual({
    "io.k8s.api.batch.v1.Job": {
      type: "object",
      properties: { spec: { $ref: "#/$defs/io.k8s.api.batch.v1.JobSpec" } },
      additionalProperties: false,
    },
    "io.k8s.api.batch.v1.JobSpec": {
      type: "object",
      required: ["description"],
      properties: {
        description: { type: "string" },
        labels: { type: "object", additionalProperties: { type: "string" } },
        completionMode: { type: "string", enum: ["Indexed", "NonIndexed"] },
      },
      additionalProperties: false,
    },
  });
  expect(JSON.parse(schemaText(schema))).toEqual(schema);
});

test("a kind that the API server does not know is an error", () => {
  expect(() => schemaOf([batch], ["batch/v1 Job", "apps/v1 Deployment"], "1.36.3")).toThrow(
    "the API server does not know apps/v1 Deployment",
  );
});
