import { askPython } from "../doctor/python";
import { ordersPythonImage } from "../images/applications";
import type { Language } from "./language";

const IMAGE = "bench.local/storefront-python:1";

export const python: Language = {
  name: "Python",
  service: "storefront-python",
  replicas: 2,
  image: IMAGE,
  args: ["/app/orders/main.py"],
  async build() {
    const found = askPython();
    return "missing" in found ? found : undefined;
  },
  assemble() {
    const found = askPython();
    if ("missing" in found) throw new Error(found.missing);
    return ordersPythonImage(IMAGE, found.executable);
  },
};
