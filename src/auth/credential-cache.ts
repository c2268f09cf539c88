import type { AuthenticatingServer, AuthenticationSettings, Credentials } from '../call/authentication.ts';
import { numberOf } from '../util/number-of.ts';
import { isWithin } from './protection-space.ts';
import type { Scheme, Session } from './scheme.ts';

/** What is remembered of one protection space: a realm of a server or proxy (RFC 9110 §11.5). */
export interface KnownSpace {
  readonly realm: string;
  readonly scheme: Scheme;
  readonly strength: number;
  readonly credentials: Credentials;
  readonly session: Session;
  /** Paths below which it is used without being asked. */
  readonly paths: readonly string[];
}

/** What servers can make us keep. The spaces that were learned first go first. */
const MOST_SERVERS = 500;
const MOST_REALMS = 20;
const MOST_PATHS = 50;

/**
 * The credentials that were given, by server and realm, and what is being asked for at the moment. A server is a text that
 * names origin or proxy and partition ({@link serverKey}).
 */
export class CredentialCache {
  readonly #servers = new Map<string, Map<string, KnownSpace>>();
  readonly #asked = new Map<string, Promise<Credentials | null | undefined>>();

  get isEmpty(): boolean {
    return this.#servers.size === 0;
  }

  get(server: string, realm: string): KnownSpace | null {
    return this.#servers.get(server)?.get(realm) ?? null;
  }

  /** The space in which a path lies: the one whose path says most, and of those the one that was learned last. */
  find(server: string, path: string): KnownSpace | null {
    const spaces = this.#servers.get(server);
    if (spaces === undefined) return null;
    let found: KnownSpace | null = null;
    let longest = -1;
    for (const space of spaces.values()) {
      for (const one of space.paths) {
        if (one.length < longest || !isWithin(path, one)) continue;
        found = space;
        longest = one.length;
      }
    }
    return found;
  }

  /** Whether anything is known of a server. */
  knows(server: string): boolean {
    return this.#servers.has(server);
  }

  /** Keeps a space; what was known of its paths stays known. */
  set(server: string, space: KnownSpace): void {
    const spaces = this.#servers.get(server) ?? new Map<string, KnownSpace>();
    const known = spaces.get(space.realm)?.paths ?? [];
    const paths = [...new Set([...space.paths, ...known])].slice(0, MOST_PATHS);
    spaces.delete(space.realm);
    spaces.set(space.realm, { ...space, paths });
    bound(spaces, MOST_REALMS);
    this.#servers.delete(server);
    this.#servers.set(server, spaces);
    bound(this.#servers, MOST_SERVERS);
  }

  /** Forgets refused credentials, unless others have taken their place. */
  forget(server: string, realm: string, session: Session): void {
    const spaces = this.#servers.get(server);
    if (spaces?.get(realm)?.session !== session) return;
    spaces.delete(realm);
    if (spaces.size === 0) this.#servers.delete(server);
  }

  clear(): void {
    this.#servers.clear();
  }

  /** What is being asked for that space now: resolves with undefined when whoever asked has left without an answer. */
  asked(server: string, realm: string): Promise<Credentials | null | undefined> | null {
    return this.#asked.get(spaceKey(server, realm)) ?? null;
  }

  /** Lets others wait for the answer to one question, until the function that is returned is called: then it is remembered. */
  share(server: string, realm: string, answer: Promise<Credentials | null>): () => void {
    const key = spaceKey(server, realm);
    const shared = answer.catch(() => undefined);
    this.#asked.set(key, shared);
    return () => {
      if (this.#asked.get(key) === shared) this.#asked.delete(key);
    };
  }
}

/**
 * An origin, or a proxy, in a partition; and by which `credentials` of a manager it is asked for ({@link sourceKey}), so that
 * managers that share what is remembered and name different users send each their own.
 */
export function serverKey(
  { origin, isProxy }: Pick<AuthenticatingServer, 'origin' | 'isProxy'>,
  partition: string | null,
  source: string,
): string {
  return `${isProxy ? 'proxy ' : ''}${origin}${partition === null ? '' : ` ${partition}`}${source}`;
}

/** Tells one manager's `credentials` from another's, without a secret. */
export function sourceKey({ credentials }: Pick<AuthenticationSettings, 'credentials'>): string {
  return credentials === null ? '' : ` ${numberOf(credentials)}`;
}

/** Neither part has a line feed. */
function spaceKey(server: string, realm: string): string {
  return `${server}\n${realm}`;
}

function bound(map: Map<string, unknown>, most: number): void {
  if (map.size > most) map.delete(map.keys().next().value!);
}
