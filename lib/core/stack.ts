import type { IConstruct } from "constructs";
import {
  Aspects,
  resolved,
  TerraformElement,
  TerraformResource,
  TerraformStack,
  unrendered,
} from "./terraform";

/** Resources by type and name, as Terraform's JSON has them. */
type Resources = Record<string, Record<string, unknown>>;

/** What CDKTF makes of a stack, as far as it is looked at. */
interface Written extends Record<string, unknown> {
  readonly "//": { readonly metadata: { readonly overrides?: { readonly stack?: readonly string[] } } };
  resource?: Resources;
}

/**
 * A stack whose resources are asked once what they come to. CDKTF asks each of them twice, because it finds out on
 * the way what refers across stacks, and then looks for tokens in all of what came of it, where there are none any more.
 */
export class LeanStack extends TerraformStack {
  private readonly rendered = new Map<TerraformElement, Resources>();

  override prepareStack(): void {
    this.rendered.clear();
    // An aspect may change what an element comes to after this.
    if ([...this.node.scopes, ...this.node.findAll()].some(hasAspects)) return super.prepareStack();
    this.ensureBackendExists();
    for (const element of elementsIn(this)) {
      const { resource, ...beside } = resolved(this, element.toTerraform()) as Partial<Written>;
      const isAlone = Object.keys(beside).length === 0;
      if (isAlone && resource && TerraformResource.isTerraformResource(element))
        this.rendered.set(element, resource);
    }
  }

  override toTerraform(): unknown {
    const rendered = new Map(this.rendered);
    this.rendered.clear();
    const written = unrendered([...rendered.keys()], () => super.toTerraform() as Written);
    // What the stack lays over its resources CDKTF lays over them.
    if (written["//"].metadata.overrides?.stack?.includes("resource")) return super.toTerraform();
    for (const resources of rendered.values()) add((written.resource ??= {}), resources);
    return written;
  }
}

function add(to: Resources, resources: Resources): void {
  for (const [type, byName] of Object.entries(resources)) Object.assign((to[type] ??= {}), byName);
}

/** What belongs to a stack; what is below another stack is that one's. */
function elementsIn(construct: IConstruct): TerraformElement[] {
  const below = construct.node.children.filter((child) => !TerraformStack.isStack(child)).flatMap(elementsIn);
  return TerraformElement.isTerraformElement(construct) ? [construct, ...below] : below;
}

function hasAspects(construct: IConstruct): boolean {
  return Aspects.of(construct).all.length > 0;
}
