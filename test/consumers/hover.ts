import { join } from 'node:path';
import ts from 'typescript';

/** One thing of the published declarations that an editor shows by itself. */
export interface Documented {
  /** `NetworkReply.json`, or the name of an export. */
  readonly name: string;
  /** What the editor shows of it, without tags; empty where there is nothing. */
  readonly text: string;
}

/** Every public symbol of the entries, and the members of each, with their docstrings. */
export function documentedSymbols(directory: string, entries: readonly string[]): Documented[] {
  const files = entries.map((entry) => join(directory, entry));
  const program = ts.createProgram(files, { target: ts.ScriptTarget.ES2022, skipLibCheck: true });
  const checker = program.getTypeChecker();
  const found = new Map<ts.Symbol, Documented>();
  const add = (name: string, symbol: ts.Symbol, text = textOf(symbol, checker)): void => {
    found.set(symbol, { name, text });
  };
  for (const file of files) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (found.has(symbol)) continue;
      add(exported.name, symbol);
      for (const member of membersOf(symbol, checker, directory))
        add(`${exported.name}.${member.name}`, member);
    }
  }
  return [...found.values()];
}

/** Members that are declared by us, those that were inherited included; of an object type its properties. */
function membersOf(symbol: ts.Symbol, checker: ts.TypeChecker, directory: string): ts.Symbol[] {
  const types: ts.Type[] = [];
  if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias))
    types.push(checker.getDeclaredTypeOfSymbol(symbol));
  if (symbol.flags & ts.SymbolFlags.Class) types.push(checker.getTypeOfSymbol(symbol));
  const objects = types.flatMap((type) => (type.isUnion() ? type.types : [type]));
  const members = objects.flatMap((type) => (type.flags & ts.TypeFlags.Object ? type.getProperties() : []));
  return members.filter((member) => isOurs(member, directory));
}

function isOurs(member: ts.Symbol, directory: string): boolean {
  const declarations = member.declarations ?? [];
  if (/^(prototype$|__|#)/.test(member.name)) return false;
  // The word that tells the members of a union apart says itself.
  if (declarations.some((one) => ts.isPropertySignature(one) && isWord(one.type))) return false;
  return declarations.some((declaration) => {
    const { fileName } = declaration.getSourceFile();
    const flags = ts.getCombinedModifierFlags(declaration);
    return fileName.startsWith(directory) && !(flags & ts.ModifierFlags.Private);
  });
}

function isWord(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isUnionTypeNode(type)) return type.types.every(isWord);
  return ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal);
}

function textOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const own = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol
    .getJsDocTags(checker)
    .filter(({ name }) => /^(returns?|throws|see|default)$/.test(name));
  return [own, ...tags.map(({ text }) => ts.displayPartsToString(text))].join(' ').trim();
}

/** The words of a text that its name does not say already. */
export function newWords({ name, text }: Documented): string[] {
  const said = new Set(wordsOf(name));
  return wordsOf(text).filter((word) => !said.has(word) && !EMPTY.has(word));
}

const EMPTY = new Set('the a an of to is are and or in on for with by its it this that sets gets'.split(' '));

function wordsOf(text: string): string[] {
  return (
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  );
}
