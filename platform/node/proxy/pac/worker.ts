import { parentPort, workerData } from 'node:worker_threads';
import type { QuickJSWASMModule } from 'quickjs-emscripten-core';
import type { PacRun } from './pac-outcome.ts';
import { runOnce } from './sandbox.ts';

/*
 * The thread in which a PAC file is run: one script, one run after the other. What is told to it and what it tells is in
 * pac-outcome.ts; a first message says that it is ready. It is bundled to a text of its own (worker-text.ts), with nothing in it
 * but QuickJS, which comes from where it was found, so that no bundler of an application has to know of another entry.
 */

/** What a worker is given with its start. */
export interface WorkerStart {
  readonly script: string;
  /** Paths of the packages of QuickJS. */
  readonly quickJs: readonly [core: string, variant: string];
}

const { script, quickJs } = workerData as WorkerStart;

void start();

async function start(): Promise<void> {
  const [core, variant] = quickJs.map((path) => require(path));
  const loaded: QuickJSWASMModule = await core.newQuickJSWASMModuleFromVariant(variant.default ?? variant);
  parentPort!.on('message', (run: PacRun) => parentPort!.postMessage(runOnce(loaded, script, run)));
  parentPort!.postMessage(null);
}
