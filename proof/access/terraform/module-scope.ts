import path from "node:path";
import { ownValue } from "../own";
import type { ValueObject } from "../read";
import { Unknown, type Value } from "../value";
import { compileTemplate } from "./expression";
import type { FileReader } from "./folder";
import type { Files } from "./functions";
import type { ModuleCall } from "./module";
import { Refusal, Unsure } from "./refusal";
import type { Scope } from "./scope";

export interface Names {
  readonly names: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  readonly managed: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, Value>>>>;
}

/** What the expressions of a module refer to. */
export function moduleScope(
  call: Pick<ModuleCall, "root" | "directory">,
  reader: FileReader,
  { names, managed, data }: Names,
): Scope {
  const resolved = (value: Value | undefined, segments: readonly string[], used: number) => ({
    value: value ?? new Unknown(`\${${segments.slice(0, used).join(".")}}`),
    used,
  });
  const scope: Scope = {
    files: filesOf(reader, call.root, () => scope),
    resolve(segments) {
      const [first = "", second = "", third = ""] = segments;
      const named = ownValue(names, first);
      if (named !== undefined) return resolved(named[second], segments, 2);
      if (first === "path" && second === "root") return { value: ".", used: 2 };
      if (first === "path" && second === "module") {
        return { value: path.relative(call.root, call.directory) || ".", used: 2 };
      }
      if (first === "data" || first === "ephemeral") return resolved(data[second]?.[third], segments, 3);
      if (managed[first]?.[second] !== undefined) return resolved(managed[first][second], segments, 2);
      return { value: new Unknown(`\${${segments.join(".")}}`), used: segments.length };
    },
  };
  return scope;
}

/** Terraform reads what expressions name from the folder in which it is run. */
function filesOf(reader: FileReader, root: string, scope: () => Scope): Files {
  return {
    read: (file) => reader.read(path.isAbsolute(file) ? path.normalize(file) : path.join(root, file)),
    render: (template, variables) => {
      try {
        return compileTemplate(template, "lines")(templateScope(variables, scope().files));
      } catch (error) {
        if (error instanceof SyntaxError) throw new Unsure();
        throw error;
      }
    },
  };
}

/** A template sees its variables alone. */
function templateScope(variables: ValueObject, files: Files): Scope {
  return {
    files,
    resolve([name = ""]) {
      if (!Object.hasOwn(variables, name)) throw new Refusal();
      return { value: variables[name] as Value, used: 1 };
    },
  };
}
