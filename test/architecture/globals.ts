import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './modules.ts';

/**
 * What the core may use beside the language itself: names of the Minimum Common Web API (Ecma TC55, WinterTC) that Node
 * 20, browsers and workers all have. `fetch` is not among them: moving bytes is a transport's business.
 */
const PORTABLE = new Set([
  ...['AbortController', 'AbortSignal', 'DOMException', 'Event', 'EventTarget', 'URL', 'URLSearchParams'],
  ...['Blob', 'File', 'FormData', 'Headers', 'Request', 'Response'],
  ...['ReadableStream', 'WritableStream', 'TransformStream', 'ByteLengthQueuingStrategy'],
  ...['CompressionStream', 'DecompressionStream', 'TextDecoder', 'TextEncoder', 'atob', 'btoa'],
  ...['console', 'crypto', 'performance', 'queueMicrotask', 'structuredClone'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
]);

/** Globals outside of {@link PORTABLE} that files under `folder` use as values, as `path: name`. */
export function foreignGlobals(program: ts.Program, folder: string): string[] {
  const checker = program.getTypeChecker();
  const found = new Set<string>();
  for (const file of program.getSourceFiles()) {
    const path = file.fileName.slice(ROOT.length + 1);
    if (!path.startsWith(folder)) continue;
    const visit = (node: ts.Node): void => {
      // Types are erased.
      if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
      if (ts.isIdentifier(node) && isGlobalValue(node, checker) && !PORTABLE.has(node.text)) {
        found.add(`${path}: ${node.text}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return [...found];
}

function isGlobalValue(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  if (isName(node)) return false;
  const symbol = ts.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
  // The checker knows no symbol for what is declared nowhere, as `require` without Node's types.
  const files = (symbol?.declarations ?? []).map((declaration) => declaration.getSourceFile().fileName);
  if (symbol !== undefined && files.length === 0) return false;
  return files.every((file) => /\/lib\.(dom|webworker)|\/@types\/node\//.test(file));
}

/** A name in an object rather than in a scope, except in `globalThis.name`. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return !(ts.isIdentifier(parent.expression) && parent.expression.text === 'globalThis');
  }
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isBindingElement(parent) ||
      ts.isImportSpecifier(parent) ||
      ts.isExportSpecifier(parent)) &&
    parent.name === node
  );
}

/** A program of those files as the project's tsconfig compiles them; `extra` files exist in memory only. */
export function programOf(
  paths: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): ts.Program {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config as {
    compilerOptions: object;
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const host = ts.createCompilerHost(options);
  const inMemory = new Map(Object.entries(extra).map(([path, text]) => [join(ROOT, path), text]));
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => inMemory.has(name) || fileExists.call(host, name);
  host.getSourceFile = (name, target, ...rest) => {
    const text = inMemory.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, target, true);
    return getSourceFile.call(host, name, target, ...rest);
  };
  return ts.createProgram([...paths.map((path) => join(ROOT, path)), ...inMemory.keys()], options, host);
}
