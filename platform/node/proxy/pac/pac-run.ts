import type { QuickJSWASMModule } from 'quickjs-emscripten-core';
import { pacFunctions } from '../../../../src/proxy/pac/pac-functions.ts';
import { EndlessScript, ITSELF, type PacOutcome, type PacRun } from './pac-outcome.ts';
import { runPac } from './sandbox.ts';

const LONGEST_NAME = 253;

/**
 * Runs a script once. A script waits for nothing: it is run until it asks for a name that was not looked up, and from its
 * beginning once that is there, so it always sees the same world.
 *
 * @throws WebAssembly.RuntimeError where QuickJS has come to its end: the module does nothing any more
 */
export function runOnce(
  quickjs: QuickJSWASMModule,
  script: string,
  { query, now, known }: PacRun,
): PacOutcome {
  const missing: string[] = [];
  const ask = (name: string): readonly string[] => {
    const addresses = known.get(name);
    if (addresses !== undefined) return addresses;
    missing.push(name);
    throw new Error('the answer is not there yet');
  };
  const lookUp = (name: string): readonly string[] => (isName(name) ? ask(name) : []);
  const functions = pacFunctions({ now, lookUp, ownAddresses: () => ask(ITSELF) });
  try {
    const text = runPac(quickjs, script, query, functions);
    if (missing.length === 0) return { kind: 'answer', text };
  } catch (error) {
    if (error instanceof EndlessScript) return { kind: 'endless', message: error.message };
    if (error instanceof WebAssembly.RuntimeError) throw error;
    if (missing.length === 0) return { kind: 'failed', message: (error as Error).message };
  }
  return { kind: 'missing', name: missing[0]! };
}

function isName(text: string): boolean {
  return text !== '' && text.length <= LONGEST_NAME && !/[\s\0/]/.test(text);
}
