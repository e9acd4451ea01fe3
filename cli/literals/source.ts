import fs from "node:fs";
import path from "node:path";
import type * as TypeScript from "typescript";

/** The files of a project as they are written, and what the names in them lead to. Nothing is run, and no type is looked at. */
export class Sources {
  private readonly files = new Map<string, TypeScript.SourceFile | undefined>();

  constructor(
    private readonly typescript: typeof TypeScript,
    private readonly options: TypeScript.CompilerOptions,
  ) {}

  /** Nothing where there is no such file. */
  file(name: string): TypeScript.SourceFile | undefined {
    if (!this.files.has(name)) this.files.set(name, this.read(name));
    return this.files.get(name);
  }

  /** What a file exports under a name. */
  exported(
    file: TypeScript.SourceFile,
    name: string,
    seen = new Set<TypeScript.Node>(),
  ): TypeScript.Node | undefined {
    if (seen.has(file)) return undefined;
    seen.add(file);
    const { typescript: ts } = this;
    for (const statement of file.statements) {
      if (ts.isExportAssignment(statement) && name === "default") return statement.expression;
      // All that JSON has.
      if (ts.isExpressionStatement(statement) && name === "default") return statement.expression;
      if (!ts.isExportDeclaration(statement)) continue;
      const from = this.imported(file, statement.moduleSpecifier);
      const { exportClause: clause } = statement;
      const renamed =
        clause && ts.isNamedExports(clause)
          ? clause.elements.find((each) => each.name.text === name)
          : undefined;
      const original = (renamed?.propertyName ?? renamed?.name)?.text;
      if (original !== undefined)
        return statement.moduleSpecifier
          ? from && this.exported(from, original, seen)
          : this.named(file, original);
      const passedOn = clause === undefined && from ? this.exported(from, name, seen) : undefined;
      if (passedOn) return passedOn;
    }
    return this.declared(file, name);
  }

  /** What a name stands for, wherever it was declared; nothing where it comes from a package, or is none of a file's. */
  named(file: TypeScript.SourceFile, name: string): TypeScript.Node | undefined {
    return this.declared(file, name) ?? this.importedAs(file, name);
  }

  private read(name: string): TypeScript.SourceFile | undefined {
    if (!fs.existsSync(name)) return undefined;
    const { ScriptTarget } = this.typescript;
    return this.typescript.createSourceFile(name, fs.readFileSync(name, "utf8"), ScriptTarget.Latest, true);
  }

  private declared(file: TypeScript.SourceFile, name: string): TypeScript.Node | undefined {
    const { typescript: ts } = this;
    for (const statement of file.statements) {
      if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) return statement.body;
      if (!ts.isVariableStatement(statement)) continue;
      const found = statement.declarationList.declarations.find((each) => each.name.getText(file) === name);
      if (found) return found.initializer;
    }
    return undefined;
  }

  private importedAs(file: TypeScript.SourceFile, name: string): TypeScript.Node | undefined {
    const { typescript: ts } = this;
    for (const statement of file.statements) {
      if (!ts.isImportDeclaration(statement) || statement.importClause === undefined) continue;
      const { name: whole, namedBindings: names } = statement.importClause;
      const one =
        names && ts.isNamedImports(names)
          ? names.elements.find((each) => each.name.text === name)
          : undefined;
      const isModule = names !== undefined && ts.isNamespaceImport(names) && names.name.text === name;
      if (whole?.text !== name && !one && !isModule) continue;
      const from = this.imported(file, statement.moduleSpecifier);
      if (from === undefined || isModule) return from;
      return this.exported(from, one ? (one.propertyName ?? one.name).text : "default");
    }
    return undefined;
  }

  private imported(
    file: TypeScript.SourceFile,
    specifier?: TypeScript.Expression,
  ): TypeScript.SourceFile | undefined {
    const { typescript: ts } = this;
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return undefined;
    const { resolvedModule } = ts.resolveModuleName(specifier.text, file.fileName, this.options, ts.sys);
    const isForeign = resolvedModule === undefined || resolvedModule.isExternalLibraryImport === true;
    return isForeign ? undefined : this.file(path.resolve(resolvedModule.resolvedFileName));
  }
}
