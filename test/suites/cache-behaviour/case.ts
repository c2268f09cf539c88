/**
 * What an HTTP cache does, seen from both ends: cases with the ids of the public suite behind cache-tests.fyi, so that
 * our score there is known before anybody runs it. Facts from there, code and words from here.
 */
export interface Case {
  readonly id: string;
  readonly kind: 'required' | 'optimal';
  readonly steps: readonly Step[];
}

/** One request, what the origin answers when it gets it, and what has to come out. */
export interface Step {
  readonly method?: string;
  readonly headers?: Fields;
  /** Behind the URL of the case. */
  readonly path?: string;
  readonly body?: string;
  readonly cache?: RequestCache;
  readonly reply?: Reply;
  /** Where the answer has to come from; `etag` and `modified`: from the cache, after the origin was asked with that. */
  readonly from?: 'cache' | 'origin' | 'etag' | 'modified';
  /** Another status than that of the reply. */
  readonly status?: number;
  /** Another body than that of the reply. */
  readonly text?: string;
  readonly has?: Readonly<Record<string, string>>;
  readonly lacks?: readonly string[];
  /** Fields that the origin has to get. */
  readonly sends?: Readonly<Record<string, string>>;
  readonly minimumAge?: number;
  /** The origin is asked for it in the background, once it has come from the cache: that is waited for. */
  readonly background?: true;
  /** Seconds that pass before the next step. */
  readonly wait?: number;
}

/** A number is a date, seconds from now. */
export type Fields = readonly (readonly [name: string, value: string | number])[];

export interface Reply {
  readonly status?: number;
  readonly headers?: Fields;
  readonly body?: string;
}

/** What passes between the steps of a case, unless it says otherwise. */
export const PAUSE = 3;

/** The usual case: stored, then asked for again. */
export function again(
  id: string,
  kind: Case['kind'],
  headers: Fields,
  from: 'cache' | 'origin',
  extra: Step & { readonly first?: Step } = {},
): Case {
  const { first = {}, ...second } = extra;
  return {
    id,
    kind,
    steps: [
      { wait: PAUSE, ...first, reply: { headers, ...first.reply } },
      { from, ...second },
    ],
  };
}

/** Rows of {@link again}. */
export type Row = readonly [id: string, headers: Fields];

export const rows = (kind: Case['kind'], from: 'cache' | 'origin', table: readonly Row[]): Case[] =>
  table.map(([id, headers]) => again(id, kind, headers, from));

export const FRESH: Fields = [
  ['Expires', 100_000],
  ['Cache-Control', 'max-age=100000'],
  ['Last-Modified', 0],
  ['Date', 0],
];

export const STALE: Fields = [
  ['Expires', -5000],
  ['Last-Modified', -100_000],
  ['Date', 0],
];
