import { createHash, randomBytes } from 'node:crypto';

/** What a server demands. */
export interface DigestDemand {
  readonly user: string;
  readonly password: string;
  readonly realm?: string;
  /** `MD5`, `SHA-256-sess` … @default none, which is MD5 */
  readonly algorithm?: string;
  readonly qop?: string;
  /** Further parameters of the challenge, as they are written. */
  readonly more?: string;
}

const HASHES: Record<string, string> = { md5: 'md5', 'sha-256': 'sha256', 'sha-512-256': 'sha512-256' };

/** What a Digest server does (RFC 7616), written apart from ours, strict about the nonce count. Latin-1 all through. */
export class DigestVerifier {
  readonly #demand: DigestDemand;
  /** Nonces that hold, and the counts that were used with each. */
  readonly nonces = new Map<string, Set<string>>();
  readonly answers: Record<string, string>[] = [];

  constructor(demand: DigestDemand) {
    this.#demand = demand;
  }

  challenge(more = ''): string {
    const { realm = 'closed', algorithm, qop, more: always } = this.#demand;
    const parts = [`realm="${realm}"`, `nonce="${this.nonce()}"`, 'opaque="a, \\"b\\""'];
    if (algorithm !== undefined) parts.push(`algorithm=${algorithm}`);
    if (qop !== undefined) parts.push(`qop="${qop}"`);
    return `Digest ${[...parts, always, more].filter(Boolean).join(', ')}`;
  }

  nonce(): string {
    const nonce = randomBytes(12).toString('base64');
    this.nonces.set(nonce, new Set());
    return nonce;
  }

  /** null when the answer is right; otherwise why not. */
  refusal(field: string | undefined, method: string, target: string, body = ''): string | null {
    const said = paramsOf(field ?? '');
    this.answers.push(said);
    const { user, realm = 'closed', qop: demanded } = this.#demand;
    const counts = this.nonces.get(said.nonce ?? '');
    if (counts === undefined) return 'stale';
    if (said.uri !== target) return `uri ${said.uri}`;
    if (said.opaque !== 'a, "b"') return 'opaque';
    const name = said.userhash === 'true' ? this.#hash(`${user}:${realm}`) : user;
    const given = said.username ?? decodeURIComponent(said['username*']!.replace("UTF-8''", ''));
    if (given !== name && Buffer.from(given, 'latin1').toString() !== user) return `username ${given}`;
    if (demanded !== undefined) {
      if (!demanded.split(/,\s*/).includes(said.qop!)) return 'qop';
      if (counts.has(said.nc!)) return 'replay';
      counts.add(said.nc!);
    }
    return said.response === this.#response(said, `${method}:${target}`, body) ? null : 'response';
  }

  /** Authentication-Info for the last answer. */
  info(more = ''): string {
    const said = this.answers.at(-1)!;
    const proof = this.#response({ ...said, qop: said.qop ?? '' }, `:${said.uri}`, '');
    return `rspauth="${proof}", qop=${said.qop}, nc=${said.nc}, cnonce="${said.cnonce}"${more}`;
  }

  #response(said: Record<string, string>, head: string, body: string): string {
    const { user, password, realm = 'closed', algorithm = 'MD5' } = this.#demand;
    const start = this.#hash(`${user}:${realm}:${password}`);
    const isSession = algorithm.toLowerCase().endsWith('-sess');
    const ha1 = isSession ? this.#hash(`${start}:${said.nonce}:${said.cnonce}`) : start;
    const ha2 = this.#hash(said.qop === 'auth-int' ? `${head}:${this.#hash(body)}` : head);
    return this.#hash(
      said.qop === undefined
        ? `${ha1}:${said.nonce}:${ha2}`
        : [ha1, said.nonce, said.nc, said.cnonce, said.qop, ha2].join(':'),
    );
  }

  #hash(text: string): string {
    const name = (this.#demand.algorithm ?? 'md5').toLowerCase().replace('-sess', '');
    const isLatin1 = /^[\0-\xff]*$/.test(text) && !this.#demand.more?.includes('charset=UTF-8');
    return createHash(HASHES[name]!)
      .update(text, isLatin1 ? 'latin1' : 'utf8')
      .digest('hex');
  }
}

export function paramsOf(field: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, quoted, plain] of field.matchAll(/([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g))
    found[name!] = quoted?.replace(/\\(.)/g, '$1') ?? plain!;
  return found;
}
