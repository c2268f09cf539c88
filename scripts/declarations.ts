import { readFileSync } from 'node:fs';
import type { Plugin, RollupOptions } from 'rollup';
import dts from 'rollup-plugin-dts';
import ts from 'typescript';

/**
 * One set of declarations: of every entry, without what is marked `@internal`. `Symbol.asyncDispose` is in no library of types
 * that a project has by its target.
 *
 * @param input names of the files in `dist` → entries
 */
export function declarations(
  input: Readonly<Record<string, string>>,
  external: (id: string) => boolean,
  extension: string,
): RollupOptions {
  return {
    input,
    plugins: [dts({ compilerOptions: { stripInternal: true } }), typeExports()],
    external,
    output: {
      ...{ dir: 'dist', banner: '/// <reference lib="esnext.disposable" />' },
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `chunks/[name]-[hash].${extension}`,
    },
  };
}

/** Says `type` again where an entry says it of what it exports: to a bundler of modules a class is a class, and is a value. */
function typeExports(): Plugin {
  return {
    name: 'type-exports',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk' || !chunk.isEntry || chunk.facadeModuleId === null) continue;
        const entry = readFileSync(chunk.facadeModuleId, 'utf8');
        const types = new Set(
          exportsOf(entry)
            .filter((one) => one.isType)
            .map((one) => one.name),
        );
        // From the end, so that the places before stay as they are.
        for (const { name, isType, start } of exportsOf(chunk.code).reverse())
          if (!isType && types.has(name))
            chunk.code = `${chunk.code.slice(0, start)}type ${chunk.code.slice(start)}`;
      }
    },
  };
}

/** What stands between the braces of a module's exports. */
function exportsOf(code: string): { name: string; isType: boolean; start: number }[] {
  const file = ts.createSourceFile('module.ts', code, ts.ScriptTarget.Latest, true);
  return file.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause, isTypeOnly }) =>
    exportClause === undefined || !ts.isNamedExports(exportClause)
      ? []
      : exportClause.elements.map((element) => ({
          name: element.name.text,
          isType: isTypeOnly || element.isTypeOnly,
          start: element.getStart(),
        })),
  );
}
