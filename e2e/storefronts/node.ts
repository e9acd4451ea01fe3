import { ordersImage } from "../images/applications";
import { STOREFRONT_IMAGE } from "../images/bench";
import type { Language } from "./language";

/** Six of them: what is measured of a rotation is measured here. */
export const node: Language = {
  name: "Node",
  service: "storefront",
  replicas: 6,
  image: STOREFRONT_IMAGE,
  args: ["/app/orders/main.js"],
  build: async () => undefined,
  assemble: () => ordersImage(STOREFRONT_IMAGE),
};
