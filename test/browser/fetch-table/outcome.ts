import type { Echo } from '../../support/server/routes.ts';

/** Where the calls of the table go. */
export interface Places {
  /** A server on another origin, which lets every origin in. */
  readonly elsewhere: string;
  /** A document of the page's own origin. */
  readonly home: string;
  /** Behind it are `echo` and `fields` of the page's own origin. */
  readonly tab: string;
  /** A server of TLS and HTTP/2, which lets every origin in. */
  readonly secure: string;
  /** On a third one: responses as they are, byte by byte. */
  readonly raw: string;
  /** Where a frame is what differs, rows about bodies say nothing new. */
  readonly isFrame?: boolean;
}

export type Fetch = (...args: Parameters<typeof fetch>) => Promise<Response>;
export type Row = readonly [name: string, run: (fetch: Fetch) => Promise<unknown>];

const BOUNDARY = /(?:-{2,}|boundary=)[\w-]{12,}/g;

export async function shown(response: Response): Promise<unknown> {
  const { status, statusText, ok, type, url, redirected, bodyUsed } = response;
  const isNull = response.body === null;
  const text = await response.text();
  const seen = text.startsWith('{') ? sent(text) : text;
  return { status, statusText, ok, type, url, redirected, bodyUsed, isNull, seen };
}

/** What the server saw, without what differs from one request to the next: a boundary, and what comes of its length. */
function sent(text: string): unknown {
  const { method, url, fields, body } = JSON.parse(text) as Echo;
  const isForm = text.includes('form-data');
  const seen = fields
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter(
      (line) => !/^(connection|keep-alive):/.test(line) && !(isForm && line.startsWith('content-length')),
    );
  return JSON.stringify({ method, url, fields: seen.sort(), body }).replace(BOUNDARY, '');
}

export async function outcome(run: Row[1], fetch: Fetch): Promise<unknown> {
  try {
    return { is: await run(fetch) };
  } catch (error) {
    return { rejects: (error as Error).name };
  }
}
