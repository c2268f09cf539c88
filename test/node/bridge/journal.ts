import type { JournalRecord, Milestone } from '../../support/server/journal.ts';

/** What the server knows of requests with that id, once they have come so far. */
export async function journal(origin: string, id: string, until: Milestone): Promise<JournalRecord> {
  const response = await fetch(`${origin}/journal?of=${id}&until=${until}`);
  return (await response.json()) as JournalRecord;
}
