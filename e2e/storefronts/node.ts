import { STOREFRONT_IMAGE } from "../environment";
import { readOnly } from "../sandbox/root-filesystem";
import { projectDirectory } from "../support/project-directory";
import { LISTENING, type Language } from "./language";

const NODE = "/usr/local/bin/node";

/** Six of them: what is measured of a rotation is measured here. */
export const node: Language = {
  name: "Node",
  service: "storefront",
  replicas: 6,
  image: STOREFRONT_IMAGE,
  args: ["/app/orders/main.js"],
  async make() {
    return {
      prefix: STOREFRONT_IMAGE,
      mounts: [
        readOnly(process.execPath, NODE),
        readOnly(projectDirectory("examples/orders"), "/app/orders"),
        readOnly(projectDirectory("clients/node"), "/app/node_modules/@leasehold/pg"),
        readOnly(projectDirectory("node_modules"), "/node_modules"),
      ],
      entrypoint: [...LISTENING, NODE],
    };
  },
};
