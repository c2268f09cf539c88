/** What a parser made of an input, in a form that two parsers can be compared by. */
export interface Outcome {
  /** Informational heads, as `status reason fields`. */
  readonly informational: string[];
  /** `minor version, status, reason, fields` of the final head; null when there was none. */
  head: string | null;
  body: string;
  trailers: string;
  /** `failed`: refused, or cut off by the end of the input. `tunnel`: complete, and what follows is not HTTP. */
  end: 'complete' | 'tunnel' | 'failed';
  keepAlive: boolean;
  /** Why it failed; of a complete one, what was wrong with the bytes after it. */
  why: string;
}

export function newOutcome(): Outcome {
  return { informational: [], head: null, body: '', trailers: '', end: 'failed', keepAlive: false, why: '' };
}

/** Fields as lines, names in lower case. */
export function fieldLines(pairs: readonly string[]): string {
  let lines = '';
  for (let i = 0; i < pairs.length; i += 2) lines += `${pairs[i]!.toLowerCase()}: ${pairs[i + 1]}\n`;
  return lines;
}
