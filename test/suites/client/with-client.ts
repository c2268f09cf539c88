import type { Capability } from '../../../src/call/capabilities.ts';
import type { NetworkClient } from '../../../src/network-client.ts';
import type { JournalRecord, Milestone } from '../../support/server/journal.ts';
import type { ClientLimit, ClientSetup } from '../client.ts';

export interface Scene {
  readonly client: NetworkClient;
  /** A URL of the scripted server. */
  url(path: string): string;
  /** What the server knows of the requests with that id, now or once they have come so far. */
  journal(id: string, until?: Milestone): Promise<JournalRecord>;
}

/** An id that no other test has, for `?id=`. */
export function uniqueId(): string {
  return crypto.randomUUID();
}

/** Runs a test with a client of its own. */
export function scene(setup: ClientSetup, run: (scene: Scene) => Promise<void>): () => Promise<void> {
  return async () => {
    const { client, end } = await setup.connect();
    const url = (path: string): string => setup.origin() + path;
    const journal = async (id: string, until?: Milestone): Promise<JournalRecord> => {
      // By its other name: a page has six connections for each.
      const query = until === undefined ? '' : `&until=${until}`;
      const beside = url(`/journal?of=${id}${query}`).replace('127.0.0.1', 'localhost');
      const response = await fetch(beside);
      return (await response.json()) as JournalRecord;
    };
    try {
      await run({ client, url, journal });
    } finally {
      await end();
    }
  };
}

/** Whether a test that needs all of these is to be skipped. */
export function lacks(
  { capabilities, limits = [] }: ClientSetup,
  ...needs: readonly (Capability | ClientLimit)[]
): boolean {
  return needs.some((need) => {
    if (need === 'reads ahead') return limits.includes(need);
    const value = capabilities[need];
    return value !== true && value !== 'always';
  });
}

/** The manager is one of a page: what Fetch keeps from pages, and what another origin does not show them, is not there. */
export const isOfPage = ({ capabilities }: ClientSetup): boolean => capabilities.forbiddenFields === 'fetch';
