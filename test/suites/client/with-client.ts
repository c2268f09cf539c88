import type { NetworkClient } from '../../../src/network-client.ts';
import type { JournalRecord, Milestone } from '../../support/server/journal.ts';
import type { ClientSetup } from '../client.ts';

export interface Scene {
  readonly client: NetworkClient;
  /** A URL of the scripted server. */
  url(path: string): string;
  /** What the server knows of the requests with that id, once they have come so far. */
  journal(id: string, until: Milestone): Promise<JournalRecord>;
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
    const journal = async (id: string, until: Milestone): Promise<JournalRecord> => {
      const response = await fetch(url(`/journal?of=${id}&until=${until}`));
      return (await response.json()) as JournalRecord;
    };
    try {
      await run({ client, url, journal });
    } finally {
      await end();
    }
  };
}
