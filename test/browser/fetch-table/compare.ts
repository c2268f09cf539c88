import { NetworkAccessManager } from '../../../platform/browser/index.ts';
import { outcome, type Places } from './outcome.ts';
import { table } from './rows.ts';

/** What came of a row by `manager.fetch`, and by the fetch of the platform, in the same scope. */
export interface Compared {
  readonly ours: unknown;
  readonly bare: unknown;
}

/** Compares every row of the table, one after the other, in the scope in which it is called. */
export async function compareAll(places: Places): Promise<ReadonlyMap<string, Compared>> {
  const manager = new NetworkAccessManager();
  const compared = new Map<string, Compared>();
  try {
    for (const [name, run] of table(places)) {
      const ours = await bounded(`${name}, by manager.fetch`, outcome(run, manager.fetch));
      const bare = await bounded(`${name}, by fetch`, outcome(run, fetch.bind(globalThis)));
      compared.set(name, { ours, bare });
    }
  } finally {
    await manager.close();
  }
  return compared;
}

/** Says which row it was that has no end. */
async function bounded<Value>(name: string, running: Promise<Value>): Promise<Value> {
  let timer: unknown;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end: ${name}`)), MOST);
  });
  try {
    return await Promise.race([running, over]);
  } finally {
    clearTimeout(timer as number);
  }
}

/** Milliseconds of one row, which takes a few, or some seconds where it asks forty times and others use the machine, too. */
const MOST = 60_000;
