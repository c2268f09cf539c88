import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pacProxies } from '../../platform/node/extras.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { locateQuickJs } from '../../platform/node/late-packages.cjs';
import { EndlessScript, type PacRun } from '../../platform/node/proxy/pac/pac-outcome.ts';
import { PacWorker } from '../../platform/node/proxy/pac/pac-worker.ts';
import { until } from '../suites/transport/harness.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';

const cleanup = new Cleanup();
const threads: { Worker: typeof Worker } = process.getBuiltinModule('node:worker_threads');
const Original = threads.Worker;
/** Those that were begun in a test. */
let begun: Worker[] = [];
/** Those of them that were told to end. */
let ended: Worker[] = [];

// The text of the thread is made with the first one.
beforeAll(async () => {
  await workerOf('').ask();
});
beforeEach(() => {
  begun = [];
  ended = [];
  threads.Worker = class extends Original {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      begun.push(this);
    }
    override terminate(): Promise<number> {
      ended.push(this);
      return super.terminate();
    }
  };
});
afterEach(() => {
  threads.Worker = Original;
});

/** Tells which delays were asked for. */
class TellingClock extends FakeClock {
  readonly delays: number[] = [];
  override setTimeout(callback: () => void, ms: number): unknown {
    this.delays.push(ms);
    return super.setTimeout(callback, ms);
  }
}

const say = (body: string): string => `function FindProxyForURL(url, host) { ${body} }`;
const runOf = (host = 'a.test', known = new Map<string, readonly string[]>()): PacRun => ({
  query: { url: `http://${host}/`, host },
  now: 0,
  known,
});
const LATER = Number.POSITIVE_INFINITY;
/** For a run; for the start of a thread; for one that rests. */
const [RUN, START, REST] = [2000, 10_000, 30_000];

function workerOf(script: string, quickJs = locateQuickJs()) {
  const clock = new TellingClock();
  const worker = new PacWorker({ script, quickJs }, clock);
  cleanup.add(() => worker.end());
  const ask = (host?: string, at = LATER) => worker.run(runOf(host), at);
  const isRunning = () => until(() => clock.delays.includes(RUN));
  return { worker, clock, ask, isRunning };
}

const hasEnded = (thread: Worker): Promise<unknown> =>
  thread.threadId === -1 ? Promise.resolve() : new Promise((resolve) => thread.once('exit', resolve));

/** What QuickJS does in one step: nothing in there sees a clock meanwhile. */
const NATIVE = say(`if (host === "good.test") return "DIRECT"; new Array(3e9).join("x")`);

/** Attack 72: a script that leaves its sandbox, or spins. */
describe('a thread (attack 72)', () => {
  test('gives an answer, asks for names, and serves one run after the other', async () => {
    const { worker, ask } = workerOf(say('return host === "a.test" ? "PROXY a:1" : dnsResolve(host)'));
    expect(await Promise.all([ask(), ask('b.test')])).toEqual([
      { kind: 'answer', text: 'PROXY a:1' },
      { kind: 'missing', name: 'b.test' },
    ]);
    const known = new Map([['b.test', ['10.0.0.1']]]);
    expect(await worker.run(runOf('b.test', known), LATER)).toEqual({ kind: 'answer', text: '10.0.0.1' });
    expect(begun.length).toBe(1);
  });

  test.each([
    ['throws', say('throw new Error("so there")'), 'failed', 'so there'],
    ['calls itself', say('return FindProxyForURL(url, host)'), 'failed', 'stack overflow'],
    ['takes all memory', say('var a = []; for (;;) a.push(new Array(1000).fill(url))'), '', 'it '],
    [
      'has a text that is too long for it',
      `${'var a = "b";\n'.repeat(80_000)}${say('return "DIRECT"')}`,
      '',
      '',
    ],
    ['never ends in an expression', say('return /(a*)*b/.test("a".repeat(60))'), 'endless', '200 ms'],
  ])('survives a script that %s', async (_, script, kind, words) => {
    const { ask } = workerOf(script);
    const outcome = await ask();
    expect(outcome.kind).toMatch(kind);
    if ('message' in outcome) expect(outcome.message).toContain(words);
    expect(begun[0]!.threadId).toBeGreaterThan(0);
  });

  test.each([
    ['joins', 'new Array(3e9).join("x")'],
    ['sorts', 'new Array(4294967295).sort()'],
    ['compares', 'shExpMatch(new Array(99).join("a"), "(a|a)+b")'],
  ])('that %s without end in one step is ended, and others go on meanwhile', async (_, expression) => {
    const server = createServer((_, response) => response.end('hello'));
    await cleanup.listen(server);
    const manager = new NetworkAccessManager();
    cleanup.add(() => manager.close());
    const { ask, clock, isRunning } = workerOf(say(`${expression}; return "DIRECT"`));
    const [first, second] = [ask(), ask('b.test')].map((run) => run.catch((error: Error) => error));
    await isRunning();
    expect(await manager.get(`http://127.0.0.1:${portOf(server)}/`).text()).toBe('hello');
    clock.advance(RUN);
    for (const error of [await first, await second]) {
      expect(error).toBeInstanceOf(EndlessScript);
      expect(error).toHaveProperty('message', 'it took longer than 2 s');
    }
    await hasEnded(begun[0]!);
    expect(begun.length).toBe(1);
  });

  test.each([
    ['in one step', NATIVE],
    ['in many', say('if (host === "good.test") return "DIRECT"; for (;;);')],
  ])('whose script does not end %s is not run for anybody for a while', async (_, script) => {
    const { ask, clock, isRunning } = workerOf(script);
    const first = ask().catch((error: Error) => ({ kind: 'endless', message: error.message }));
    await isRunning();
    if (script === NATIVE) clock.advance(RUN);
    expect(await first).toMatchObject({ kind: 'endless' });
    await expect(ask('good.test')).rejects.toThrow('it has taken too long a moment ago');
    clock.advance(30_000);
    expect(await ask('good.test')).toEqual({ kind: 'answer', text: 'DIRECT' });
  });

  test('is not asked for what is too late', async () => {
    const { ask, clock } = workerOf(NATIVE);
    await expect(ask('a.test', clock.monotonic())).rejects.toThrow('it took too long');
    expect(begun.length).toBe(0);
  });

  test('takes no more of the time of an answer than is left', async () => {
    const { ask, clock } = workerOf(NATIVE);
    const failed = ask('a.test', clock.monotonic() + 500).catch((error: Error) => error);
    await until(() => clock.delays.includes(500));
    clock.advance(500);
    expect(await failed).toBeInstanceOf(EndlessScript);
  });

  test('that is ended fails what waits, and the next run has another one', async () => {
    const { worker, ask, isRunning } = workerOf(NATIVE);
    const failed = [ask(), ask('b.test')].map((run) => run.catch((error: Error) => error.message));
    await isRunning();
    worker.end();
    expect(await Promise.all(failed)).toEqual(Array(2).fill('it was ended before it had an answer'));
    expect(await ask('good.test')).toEqual({ kind: 'answer', text: 'DIRECT' });
    await hasEnded(begun[0]!);
    expect(begun.length).toBe(2);
  });

  test('rests for 30 seconds without keeping the process alive, and ends', async () => {
    const alive = () => process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name));
    const before = alive().length;
    const { ask, clock } = workerOf(say('return "DIRECT"'));
    const asking = ask();
    expect(alive().length).toBeGreaterThan(before);
    await asking;
    expect(alive().length).toBe(before);
    clock.advance(REST - 1);
    await ask();
    clock.advance(REST - 1);
    expect(begun[0]!.threadId).toBeGreaterThan(0);
    clock.advance(1);
    await hasEnded(begun[0]!);
    expect(await ask()).toMatchObject({ kind: 'answer' });
    expect([begun.length, clock.pendingTimers]).toEqual([2, 1]);
  });

  test('that is retired ends behind what waits', async () => {
    const { worker, ask, clock } = workerOf(say('return "DIRECT"'));
    const asking = [ask(), ask()];
    worker.retire();
    await Promise.all(asking);
    await hasEnded(begun[0]!);
    expect(clock.pendingTimers).toBe(0);
  });

  const fake = path.join(import.meta.dirname, 'fixtures', 'broken-quickjs.cjs');

  test('whose QuickJS has aborted fails that run, and the next one has another thread', async () => {
    const { ask } = workerOf('', [fake, fake]);
    await expect(ask()).rejects.toThrow('it has failed: Aborted()');
    await expect(ask()).rejects.toThrow('it has failed: Aborted()');
    expect(begun.length).toBe(2);
    for (const thread of begun) await hasEnded(thread);
  });

  test('that is not ready in time is given up', async () => {
    const { ask, clock } = workerOf('never', [fake, fake]);
    const failed = ask().catch((error: Error) => error.message);
    clock.advance(START);
    expect(await failed).toBe('the thread to run it in was not ready in time');
    await hasEnded(begun[0]!);
  });

  test('that cannot be begun is told with the reason', async () => {
    threads.Worker = class {
      constructor() {
        throw new Error('Access to this API has been restricted');
      }
    } as never;
    const { ask } = workerOf(say('return "DIRECT"'));
    await expect(ask()).rejects.toThrow(
      'no worker thread to run it in can be begun: Access to this API has been restricted',
    );
  });

  test('that does not end when it is told to is not followed by any number of others', async () => {
    threads.Worker = class extends Original {
      override async terminate(): Promise<number> {
        cleanup.add(() => super.terminate());
        return new Promise(() => {});
      }
    };
    const { worker, ask } = workerOf(say('return "DIRECT"'));
    for (let i = 0; i < 2; i++) {
      await ask();
      worker.end();
    }
    await expect(ask()).rejects.toThrow('threads that were told to end have not');
  });

  test('has nothing of what the program was started with', async () => {
    const { ask } = workerOf(say('return "DIRECT"'));
    const seen: unknown[] = [];
    const Before = threads.Worker;
    threads.Worker = class extends Before {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        seen.push(given[1]);
      }
    };
    await ask();
    expect(seen).toMatchObject([{ env: {}, execArgv: [], argv: [] }]);
  });
});

describe('a manager', () => {
  const startLoop = async (options: object) => {
    const manager = new NetworkAccessManager(options);
    cleanup.add(() => manager.close());
    const failed = manager
      .get('http://origin.test/')
      .text()
      .catch(({ code }: { code: string }) => code);
    await until(() => begun.length === 1);
    const thread = begun[0]!;
    await new Promise((resolve) => thread.once('message', resolve));
    return { manager, failed, thread };
  };
  const pac = (body: string) => pacProxies(`data:,${encodeURIComponent(say(body))}`);

  test('ends the thread when it is closed, whatever that does', async () => {
    const { manager, failed, thread } = await startLoop({ proxyFactory: pac('new Array(3e9).join("x")') });
    const closing = manager.close();
    expect(await failed).toBe('operation-canceled');
    await closing;
    // It would end by itself later.
    expect(ended).toEqual([thread]);
    await hasEnded(thread);
    expect(begun.length).toBe(1);
  });

  test('leaves it to others that wait for it', async () => {
    const factory = pac('for (var end = Date.now() + 100; Date.now() < end; ); return "DIRECT"');
    const { manager, failed, thread } = await startLoop({ proxyFactory: factory });
    const other = new NetworkAccessManager({ proxyFactory: factory });
    const explained = other.explainProxy('http://origin.test/');
    await new Promise((resolve) => setImmediate(resolve));
    await manager.close();
    expect(await failed).toBe('operation-canceled');
    expect((await explained).chosen?.type).toBe('none');
    expect(thread.threadId).toBeGreaterThan(0);
    await other.close();
    await hasEnded(thread);
    // It is no worse for it: the factory may be used on.
    const third = new NetworkAccessManager({ proxyFactory: factory });
    cleanup.add(() => third.close());
    expect((await third.explainProxy('http://third.test/')).chosen?.type).toBe('none');
  });

  test('ends the download of a file that nobody waits for', async () => {
    const closed: Promise<unknown>[] = [];
    const server = createServer(({ socket }) => {
      closed.push(new Promise((resolve) => socket.once('close', resolve)));
    });
    await cleanup.listen(server);
    const manager = new NetworkAccessManager({
      proxyFactory: pacProxies(`http://127.0.0.1:${portOf(server)}/proxy.pac`),
    });
    const failed = manager.get('http://origin.test/').text();
    failed.catch(() => {});
    await until(() => closed.length === 1);
    await manager.close();
    await expect(failed).rejects.toMatchObject({ code: 'operation-canceled' });
    await closed[0];
  });
});

test('QuickJS is found beside the program, too, and nowhere else', () => {
  const { resolve } = createRequire(import.meta.url);
  expect(locateQuickJs()).toEqual([
    resolve('quickjs-emscripten-core'),
    resolve('@jitl/quickjs-wasmfile-release-sync'),
  ]);
});
