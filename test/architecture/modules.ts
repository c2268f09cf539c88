import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '..', '..');

export interface Import {
  /** A path from the root of the repository for a relative import, else the specifier as it is written. */
  readonly target: string;
  readonly relative: boolean;
  /** Erased by the compiler: `import type`. */
  readonly typeOnly: boolean;
  /** `import('…')`: loaded when it is run. */
  readonly lazy: boolean;
}

export interface Module {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly lines: number;
}

/** Paths of all files under a folder, from the root of the repository. A folder that is not there has none. */
export function filesUnder(folder: string): string[] {
  let entries: ReturnType<typeof listAll>;
  try {
    entries = listAll(join(ROOT, folder));
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/node_modules/'))
    .sort();
}

const listAll = (path: string) => readdirSync(path, { withFileTypes: true, recursive: true });

export function readModule(path: string): Module {
  return parseModule(path, readFileSync(join(ROOT, path), 'utf8'));
}

export function parseModule(path: string, text: string): Module {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== null) {
      const local = found.specifier.startsWith('.');
      const target = local ? posix.join(dirname(path), found.specifier) : found.specifier;
      imports.push({ target, relative: local, typeOnly: found.typeOnly, lazy: found.lazy });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, imports, lines: text.replace(/\n$/, '').split('\n').length };
}

function importOf(node: ts.Node): { specifier: string; typeOnly: boolean; lazy: boolean } | null {
  if (ts.isImportDeclaration(node)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: textOf(node.moduleSpecifier), typeOnly, lazy: false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { specifier: textOf(node.moduleSpecifier), typeOnly: node.isTypeOnly, lazy: false };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), typeOnly: true, lazy: false };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: textOf(node.arguments[0]), typeOnly: false, lazy: true };
  }
  return null;
}

/** A specifier that is computed has no text: it stands as what no rule allows. */
function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : '<computed>';
}
