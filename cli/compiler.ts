import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type * as TypeScript from "typescript";
import { MAIN } from "./project";

/** The compiler, loaded: that takes longer than all the rest of a command, and is for those who have to. */
export function typescriptOf(project: string): typeof TypeScript {
  return createRequire(path.join(project, MAIN))(compilerOf(project)) as typeof TypeScript;
}

/** What a project's tsconfig.json says, the files that it extends, and what is wrong with it. */
export function optionsOf(typescript: typeof TypeScript, project: string) {
  const file = path.join(project, "tsconfig.json");
  if (!fs.existsSync(file)) {
    const { ModuleKind, ModuleResolutionKind, ScriptTarget } = typescript;
    const [module, moduleResolution] = [ModuleKind.Node16, ModuleResolutionKind.Node16];
    const options = {
      module,
      moduleResolution,
      target: ScriptTarget.ES2022,
      strict: true,
      skipLibCheck: true,
    };
    return { options, errors: [], extended: [] };
  }
  const source = typescript.readJsonConfigFile(file, typescript.sys.readFile);
  // Which files there are is not asked: what is checked is what the environments import.
  const host = { ...typescript.sys, readDirectory: () => [] };
  const { options, errors } = typescript.parseJsonSourceFileConfigFileContent(source, host, project);
  // In a checkout of leasehold these lead to its sources, which its build has checked.
  const paths = Object.entries(options.paths ?? {}).filter(([name]) => !/^@?leasehold(\/|$)/.test(name));
  // That there are no files is what was asked for.
  const wrong = errors.filter(({ code }) => code !== 18002 && code !== 18003);
  return {
    options: { ...options, paths: Object.fromEntries(paths) },
    errors: wrong,
    extended: source.extendedSourceFiles ?? [],
  };
}

/** The project's own compiler, or the one that leasehold brings. */
export function compilerOf(project: string): string {
  try {
    return createRequire(path.join(project, MAIN)).resolve("typescript");
  } catch {
    return require.resolve("typescript");
  }
}
