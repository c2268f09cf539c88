import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './modules.ts';

/** Why a name is not only that of members of our own, as sentences. Empty when it is. */
export function objectionsTo(
  names: readonly string[],
  program: ts.Program,
  roots: readonly string[],
): string[] {
  const known = publicMembers(program, roots);
  const met = new Set<string>();
  const objections = new Set<string>();
  const wanted = new Set(names);
  const checker = program.getTypeChecker();
  const object = (name: string, why: string): void => {
    objections.add(`${name}: ${why}`);
  };
  const judge = (name: string, symbol: ts.Symbol | undefined, where: string): void => {
    if (!wanted.has(name)) return;
    met.add(name);
    const declarations = symbol?.declarations ?? [];
    if (declarations.length === 0) object(name, `nobody knows what it is in ${where}`);
    for (const declaration of declarations) {
      const path = pathOf(declaration);
      if (!isOurs(path)) object(name, `belongs to others in ${where}`);
      else if (!isMember(declaration)) object(name, `is no member in ${path}`);
      else if (KEEPS_OR_SENDS.test(path)) object(name, `may be kept or sent by ${path}`);
    }
  };
  for (const name of names) if (known.has(name)) object(name, `applications see it: ${known.get(name)}`);
  for (const file of program.getSourceFiles().filter((one) => isOurs(pathOf(one)))) {
    const where = pathOf(file);
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteralLike(node) && wanted.has(node.text) && isValue(node))
        object(node.text, `is a text in ${where}`);
      for (const [name, symbol] of memberOf(node, checker)) judge(name, symbol, where);
      if (ts.isClassDeclaration(node)) {
        for (const inherited of inheritedFromOthers(node, checker)) judge(inherited.name, inherited, where);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  for (const name of names) if (!met.has(name)) object(name, 'is not used any more');
  return [...objections];
}

/** Where objects come from that go to a store, a file or another context. */
const KEEPS_OR_SENDS = /^(src\/(storage|cache|cookies|hsts)\/|platform\/browser\/indexeddb)/;

function pathOf(node: ts.Node): string {
  return node.getSourceFile().fileName.slice(ROOT.length + 1);
}

function isOurs(path: string): boolean {
  return /^(src|platform)\//.test(path);
}

function isMember(node: ts.Node): boolean {
  return (
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isAccessor(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node)
  );
}

/** Texts of types and of imports are erased, or stay in their module. */
function isValue({ parent }: ts.Node): boolean {
  return !ts.isLiteralTypeNode(parent) && !ts.isImportDeclaration(parent) && !ts.isExportDeclaration(parent);
}

/** The member that a node reads, writes or declares, by name. */
function memberOf(node: ts.Node, checker: ts.TypeChecker): [string, ts.Symbol | undefined][] {
  if (ts.isPropertyAccessExpression(node)) return [[node.name.text, checker.getSymbolAtLocation(node.name)]];
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
    const name = node.propertyName ?? node.name;
    if (!ts.isIdentifier(name)) return [];
    return [[name.text, checker.getTypeAtLocation(node.parent).getProperty(name.text)]];
  }
  const { name } = node as Partial<ts.NamedDeclaration>;
  if (!isMember(node) || name === undefined || !ts.isIdentifier(name)) return [];
  const own = checker.getSymbolAtLocation(name);
  if (!ts.isObjectLiteralExpression(node.parent)) return [[name.text, own]];
  const expected = checker.getContextualType(node.parent)?.getProperty(name.text);
  return [[name.text, expected ?? own]];
}

/** What a class implements or extends that is not ours: by these names others call it. */
function inheritedFromOthers(node: ts.ClassDeclaration, checker: ts.TypeChecker): ts.Symbol[] {
  const types = (node.heritageClauses ?? []).flatMap(({ types }) => types);
  return types
    .flatMap((type) => checker.getTypeAtLocation(type).getProperties())
    .filter(({ declarations = [] }) => declarations.some((declaration) => !isOurs(pathOf(declaration))));
}

/** Names that applications can see, each with where: all that can be reached from what the roots export. */
function publicMembers(program: ts.Program, roots: readonly string[]): ReadonlyMap<string, string> {
  const checker = program.getTypeChecker();
  const found = new Map<string, string>();
  const seen = new Set<ts.Type>();
  const visitType = (type: ts.Type, path: string): void => {
    if (seen.has(type)) return;
    seen.add(type);
    for (const argument of type.aliasTypeArguments ?? []) visitType(argument, path);
    if (type.isUnionOrIntersection()) for (const part of type.types) visitType(part, path);
    if (type.isTypeParameter())
      visitType(checker.getBaseConstraintOfType(type) ?? checker.getAnyType(), path);
    if (isReference(type)) for (const argument of checker.getTypeArguments(type)) visitType(argument, path);
    const declarations = type.getSymbol()?.declarations;
    if (declarations !== undefined && !declarations.some((one) => isOurs(pathOf(one)))) return;
    for (const member of type.getProperties()) {
      const declaration = member.valueDeclaration ?? member.declarations?.[0];
      if (declaration === undefined || isInternal(declaration)) continue;
      if (!found.has(member.name)) found.set(member.name, path);
      visitType(checker.getTypeOfSymbolAtLocation(member, declaration), `${path}.${member.name}`);
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      if (signature.declaration && isInternal(signature.declaration)) continue;
      visitType(signature.getReturnType(), `${path}()`);
      for (const { valueDeclaration } of signature.getParameters()) {
        if (valueDeclaration) visitType(checker.getTypeAtLocation(valueDeclaration), `${path}(…)`);
      }
    }
    for (const { type: values } of checker.getIndexInfosOfType(type)) visitType(values, path);
  };
  for (const root of roots) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(join(ROOT, root))!)!;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const declaration = symbol.valueDeclaration ?? symbol.declarations![0]!;
      found.set(exported.name, root);
      visitType(checker.getTypeOfSymbolAtLocation(symbol, declaration), exported.name);
      visitType(checker.getDeclaredTypeOfSymbol(symbol), exported.name);
    }
  }
  return found;
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return (
    (type.flags & ts.TypeFlags.Object) !== 0 &&
    ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0
  );
}

/** Not in the declarations: marked as internal, or private. */
function isInternal(declaration: ts.Declaration): boolean {
  const { name } = declaration as Partial<ts.NamedDeclaration>;
  return (
    (name !== undefined && ts.isPrivateIdentifier(name)) ||
    ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal') ||
    (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) !== 0
  );
}
