import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import type { PartOfFile } from '../../../src/download/plan.ts';
import { isCount, recordJudge } from '../../../src/storage/record.ts';
import * as z from '../../../src/storage/zod.ts';
import { openRegular, TO_CREATE, TO_READ } from '../files/own-files.ts';

/** What a part is, and how many bytes of it the disk had for certain when this was written. */
export interface JournalEntry extends PartOfFile {
  /** Of its URL, which may have secrets in it. */
  readonly resource: string;
  /** Of the file: another process may have begun it anew. */
  readonly ino: string;
}

/** A journal has a few hundred bytes. */
const LARGEST = 16 * 1024;

const entryFrom = recordJudge<JournalEntry>(() =>
  z.object({
    resource: z.string(),
    ino: z.string(),
    validator: z.string(),
    bytes: z.number().check(z.refine(isCount)),
    total: z.nullable(z.number().check(z.refine(isCount))),
  }),
);

/** The journal beside a part, or null when there is none that could be believed. */
export async function readJournal(path: string): Promise<JournalEntry | null> {
  let file: FileHandle | null = null;
  try {
    file = await openRegular(path, TO_READ);
    const stat = await file.stat();
    if (!isOurs(stat.uid) || stat.size > LARGEST) return null;
    return entryFrom(JSON.parse(await file.readFile('utf8')));
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}

/** Replaces it in one step: who is killed meanwhile leaves the old one, or the new. */
export async function writeJournal(path: string, entry: JournalEntry): Promise<void> {
  const draft = `${path}~`;
  await unlink(draft).catch(() => {});
  const file = await open(draft, TO_CREATE, 0o600);
  try {
    await file.writeFile(JSON.stringify(entry));
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** Made by this user. Windows knows no such number. */
export function isOurs(uid: number): boolean {
  return process.getuid === undefined || uid === process.getuid();
}
