import { readFile } from 'node:fs/promises';
import type { Credentials, NetworkRequest } from 'fairlead';
import type { Arguments } from './arguments.ts';

/** What is the same for every URL of the command line. */
export interface Template {
  readonly verb: string;
  readonly headers: NonNullable<NetworkRequest['headers']>;
  readonly body: Uint8Array | null;
}

/** Reads the files that a body is made of. @throws the error of a file that cannot be read */
export async function templateOf(args: Arguments): Promise<Template> {
  const body = await bodyOf(args);
  return {
    verb: args.verb ?? (args.headOnly ? 'HEAD' : body === null ? 'GET' : 'POST'),
    headers: [...args.headers, ...impliedFields(args)],
    body,
  };
}

/** Who asks, at the origins of the URLs alone: given when a server there wants to know, as it wants it (Basic, Digest). */
export function credentialsOf({ user, urls }: Arguments): Record<string, Credentials> {
  if (user === null) return {};
  const [name = '', ...rest] = user.split(':');
  const credentials = { user: name, password: rest.join(':') };
  return Object.fromEntries(urls.map((url) => [new URL(url).origin, credentials]));
}

/** The fields that options stand for, without those that `-H` has set. */
function impliedFields({ headers, json, data }: Arguments): [string, string][] {
  const fields: [string, string][] = [];
  if (json !== null) fields.push(['Content-Type', 'application/json'], ['Accept', 'application/json']);
  if (data.length > 0) fields.push(['Content-Type', 'application/x-www-form-urlencoded']);
  const isSet = (name: string): boolean => headers.some(([set]) => set.toLowerCase() === name.toLowerCase());
  return fields.filter(([name]) => !isSet(name));
}

async function bodyOf({ json, data }: Arguments): Promise<Uint8Array | null> {
  if (json !== null) return contentOf(json);
  if (data.length === 0) return null;
  const pieces = await Promise.all(data.map(contentOf));
  const joined = pieces.flatMap((piece, i) => (i === 0 ? [piece] : [Buffer.from('&'), piece]));
  return new Uint8Array(Buffer.concat(joined));
}

async function contentOf(piece: string): Promise<Uint8Array> {
  return piece.startsWith('@')
    ? new Uint8Array(await readFile(piece.slice(1)))
    : new TextEncoder().encode(piece);
}
