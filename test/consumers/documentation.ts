import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The blocks of a page of the documentation in that language (`ts`, most of them), each a module of its own. */
export function programsOf(page: string, language: 'ts' | 'js' = 'ts'): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```(ts|js)\n(.*?)^```$/gms)].flatMap(([, of, code]) =>
    of === language ? [code!] : [],
  );
}
