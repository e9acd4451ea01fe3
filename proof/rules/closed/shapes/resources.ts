import { amount } from "../../../core";
import { block, textLike, type Keys, type Shape } from "../shape";

/** A quantity of Kubernetes' that is more than nothing (apimachinery, resource.Quantity). */
export const positive: Shape = textLike(
  /^(?!0+(\.0+)?\D*$)\d+(\.\d+)?([munkMGTPE]|[KMGTPE]i|e\d+)?$/,
  "be a quantity of Kubernetes",
);

/** What a container asks for, and gets at most: the API server refuses a request above its limit. (Kubernetes, core/validation) */
export function resources(requests: Keys, limits: Keys): Shape {
  return block({ requests: block(requests), limits: block(limits) }).superRefine((written, context) => {
    const { requests: asked, limits: most } = written as Readonly<
      Record<string, Readonly<Record<string, unknown>>>
    >;
    for (const [name, request] of Object.entries(asked ?? {})) {
      const limit = most?.[name];
      if (amount(String(request)) > amount(String(limit)))
        context.addIssue({
          code: "custom",
          path: ["requests", name],
          message: `must be at most the limit of ${String(limit)}`,
        });
    }
  });
}
