import { askPython } from "../doctor/python";
import { PYTHON, pythonMounts } from "../application-image";
import { projectDirectory } from "../support/project-directory";
import { readOnly } from "../sandbox/root-filesystem";
import { LISTENING, type Language } from "./language";

const IMAGE = "bench.local/storefront-python:1";

export const python: Language = {
  name: "Python",
  service: "storefront-python",
  replicas: 2,
  image: IMAGE,
  args: ["/app/orders/main.py"],
  async make() {
    const found = askPython();
    if ("missing" in found) return found;
    return {
      prefix: IMAGE,
      mounts: [...pythonMounts(found), readOnly(projectDirectory("examples/orders-python"), "/app/orders")],
      entrypoint: [...LISTENING, `${PYTHON}/bin/python`],
    };
  },
};
