import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import { EndlessScript, type PacRunner } from '../../platform/node/proxy/pac/pac-outcome.ts';
import { runOnce } from '../../platform/node/proxy/pac/sandbox.ts';

const quickjs = await newQuickJSWASMModuleFromVariant(variant);

/** Runs a script as a worker thread would, on the thread of the test: for scripts that do no harm. */
export function runsInThread(script: string): PacRunner {
  return {
    async run(run) {
      const outcome = runOnce(quickjs, script, run);
      if (outcome.kind === 'endless') throw new EndlessScript(outcome.message);
      return outcome;
    },
    end() {},
    retire() {},
  };
}
