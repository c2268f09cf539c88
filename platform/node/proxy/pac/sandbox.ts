import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule } from 'quickjs-emscripten-core';
import { type PacFunction, pacFunctions } from '../../../../src/proxy/pac/pac-functions.ts';
import type { PacQuery } from '../../../../src/proxy/pac/pac-query.ts';
import { systemClock } from '../../../../src/util/clock.ts';
import { EndlessScript, ITSELF, type PacOutcome, type PacRun } from './pac-outcome.ts';

/** Milliseconds that a script may run, and bytes that it and its stack may take. */
const LONGEST_RUN = 200;
const MOST_MEMORY = 8 * 1024 * 1024;
const MOST_STACK = 256 * 1024;

/**
 * What `FindProxyForURL` of a script gives, in a runtime of QuickJS of its own: nothing of Node is in there, nothing stays
 * from one call to the next, and neither time nor memory is without an end.
 *
 * @throws EndlessScript
 * @throws Error for a script that fails, or gives neither a text nor null
 */
function runPac(
  quickjs: QuickJSWASMModule,
  script: string,
  { url, host }: PacQuery,
  functions: ReadonlyMap<string, PacFunction>,
): string | null {
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(MOST_MEMORY);
  runtime.setMaxStackSize(MOST_STACK);
  const context = runtime.newContext();
  let isEndless = false;
  const isOver = deadline();
  runtime.setInterruptHandler(() => {
    isEndless ||= isOver();
    return isEndless;
  });
  try {
    for (const [name, run] of functions) define(context, name, run);
    const call = `;FindProxyForURL(${JSON.stringify(url)}, ${JSON.stringify(host)})`;
    taken(context, context.evalCode(script, 'proxy.pac')).dispose();
    const answer = taken(context, context.evalCode(call, 'call.pac'));
    return readOnce(answer, () => answerOf(context, answer));
  } catch (error) {
    throw isEndless ? new EndlessScript(`it took longer than ${LONGEST_RUN} ms`) : error;
  } finally {
    context.dispose();
    runtime.dispose();
  }
}

/** What is read of a value, which is let go of in any case: one that is forgotten ends the whole module. */
function readOnce<Read>(handle: QuickJSHandle, read: () => Read): Read {
  try {
    return read();
  } finally {
    handle.dispose();
  }
}

/** On a machine that is busy with something else a script is not stopped before it has had its time. */
function deadline(): () => boolean {
  const startedAt = systemClock.monotonic();
  const used = usedTime();
  return () => systemClock.monotonic() - startedAt >= LONGEST_RUN && usedTime() - used >= LONGEST_RUN;
}

/** Milliseconds of the processor: of this thread where Node tells them (23.9 and later), otherwise of all the process. */
function usedTime(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: typeof process.cpuUsage };
  const { user, system } = threadCpuUsage?.call(process) ?? process.cpuUsage();
  return (user + system) / 1000;
}

function define(context: QuickJSContext, name: string, run: PacFunction): void {
  const body = (...args: QuickJSHandle[]): QuickJSHandle => handleOf(context, run(...args.map(plain)));
  const plain = (handle: QuickJSHandle): unknown => {
    const type = context.typeof(handle);
    if (type === 'string') return context.getString(handle);
    if (type === 'number') return context.getNumber(handle);
    return type === 'undefined' || type === 'boolean' ? context.dump(handle) : null;
  };
  context.newFunction(name, body).consume((handle) => context.setProp(context.global, name, handle));
}

function handleOf(context: QuickJSContext, value: ReturnType<PacFunction>): QuickJSHandle {
  if (typeof value === 'string') return context.newString(value);
  if (typeof value === 'number') return context.newNumber(value);
  if (value === undefined) return context.undefined;
  return value === null ? context.null : value ? context.true : context.false;
}

/** @throws Error for what the script has thrown, in its own words */
function taken(context: QuickJSContext, result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
  if (result.error === undefined) return result.value;
  const { error } = result;
  const message = readOnce(error, () => context.getProp(error, 'message'));
  const text = readOnce(message, () =>
    context.typeof(message) === 'string' ? context.getString(message) : '',
  );
  throw new Error(`it has failed${text === '' ? '' : `: ${text.slice(0, 200)}`}`);
}

/** Netscape: null stands for a direct connection. */
function answerOf(context: QuickJSContext, answer: QuickJSHandle): string | null {
  const type = context.typeof(answer);
  if (type === 'string') return context.getString(answer);
  if (context.sameValue(answer, context.null)) return null;
  throw new Error(`FindProxyForURL has given ${type === 'object' ? 'an object' : type}`);
}

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
