/**
 * What begins a request refuses an argument too many at run time, too, for other clients take options there. The list is that
 * of the published declarations. Other functions ignore it, as functions of JavaScript do, and TypeScript refuses it.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, describe, expect, inject, test } from 'vitest';

const { directory } = inject('consumer');
const DIST = join(directory, 'node_modules', 'fairlead', 'dist');
const { NetworkAccessManager } = (await import(
  pathToFileURL(join(DIST, 'node', 'index.js')).href
)) as typeof import('../../platform/node/index.ts');
const { connect, serve } = (await import(
  pathToFileURL(join(DIST, 'node', 'bridge.js')).href
)) as typeof import('../../platform/node/bridge.ts');

/** Method → the number of its parameters, of those that give a reply or the events of one, or a manager. */
function beginnings(className: string, entry: string): [string, number][] {
  const program = ts.createProgram([join(DIST, entry)], {
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const exported = checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(join(DIST, entry))!)!)
    .find(({ name }) => name === className)!;
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  return checker
    .getDeclaredTypeOfSymbol(symbol)
    .getProperties()
    .flatMap((member): [string, number][] => {
      const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
      if (member.declarations?.some((one) => ts.getCombinedModifierFlags(one) & hidden)) return [];
      const [signature] = checker.getTypeOfSymbol(member).getCallSignatures();
      if (signature === undefined) return [];
      const gives = checker.typeToString(checker.getReturnTypeOfSignature(signature));
      const begins =
        gives === 'NetworkReply' || gives.startsWith('AsyncGenerator<') || member.name === 'extend';
      const parameters = signature.getParameters().filter(({ name }) => name !== 'surplus');
      return begins ? [[member.name, parameters.length]] : [];
    });
}

const manager = new NetworkAccessManager();
const { port1, port2 } = new MessageChannel();
serve(manager, port1);
const client = connect(port2);
afterAll(async () => {
  await client.close();
  await manager.close();
});

describe.each([
  ['NetworkAccessManager', 'index.d.ts', manager, 13],
  ['ConnectedClient', 'bridge.d.ts', client, 8],
] as const)('%s', (className, entry, object, least) => {
  const methods = beginnings(className, entry);

  test('there are some', () => {
    expect(methods.length).toBeGreaterThanOrEqual(least);
    expect(methods.map(([name]) => name)).toContain('post');
  });

  test.each(methods)('%s takes %i arguments at most', (name, count) => {
    const method = object[name as keyof typeof object] as unknown as (...args: unknown[]) => unknown;
    // Refused before anything else is judged.
    expect(() => method.apply(object, Array(count + 1).fill(undefined))).toThrow(
      `${name}(): one argument too many`,
    );
  });
});
