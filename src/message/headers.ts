import { INSPECT, type Inspect, inspection } from '../util/inspection.ts';
import { shownFields } from '../util/redaction.ts';
import { isToken, trimOws } from './field-lexer.ts';

const NONE: readonly string[] = [];

/**
 * An ordered multimap of fields, the shape of Qt's QHttpHeaders with the method names of WHATWG Headers.
 *
 * Inside it is one flat array `[name, value, name, value …]` with lower-cased names: the wire writes it in one loop and
 * nothing is keyed by what a peer sent. Order and repetition are kept; nothing is merged before a getter asks for it.
 */
export class HttpHeaders implements Iterable<[string, string]> {
  #pairs: string[];
  /** Names whose values are not shown, beside those that are secret by themselves. */
  #secret = NONE;

  /** @throws TypeError when a name is not a token or a value has CR, LF, NUL or another control character but tab. */
  constructor(init?: HeadersInput) {
    this.#pairs = [];
    if (init !== undefined) fill(this, init);
  }

  /**
   * Adopts a flat array without copying or validating it: for a parser that has checked every byte itself. Names must be
   * lower-case already. The caller gives the array away: it may be changed.
   * @param secret see {@link hiding}
   */
  static adopt(pairs: readonly string[], secret = NONE): HttpHeaders {
    const headers = new HttpHeaders();
    headers.#pairs = pairs as string[];
    headers.#secret = secret;
    return headers;
  }

  /** Number of fields, repetitions counted. */
  get size(): number {
    return this.#pairs.length / 2;
  }

  /** The flat `[name, value, …]` array itself: read it, do not keep or change it. */
  get pairs(): readonly string[] {
    return this.#pairs;
  }

  /** True when there is a field of that name, in any case. */
  has(name: string): boolean {
    return this.#indexOf(name.toLowerCase()) >= 0;
  }

  /** All values of a field joined by `", "` (RFC 9110 §5.2), or null. For Set-Cookie use {@link getAll}. */
  get(name: string): string | null {
    const wanted = name.toLowerCase();
    let value: string | null = null;
    for (let i = this.#indexOf(wanted); i >= 0; i = this.#indexOf(wanted, i + 2))
      value = value === null ? this.#pairs[i + 1]! : `${value}, ${this.#pairs[i + 1]}`;
    return value;
  }

  /** The values of a field in order, one element a field line. */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase();
    const values: string[] = [];
    for (let i = this.#indexOf(wanted); i >= 0; i = this.#indexOf(wanted, i + 2))
      values.push(this.#pairs[i + 1]!);
    return values;
  }

  /** The values of Set-Cookie, one a field line, as WHATWG Headers gives them. */
  getSetCookie(): string[] {
    return this.getAll('set-cookie');
  }

  /** Adds a field behind those that there are. @throws TypeError for what HTTP does not allow */
  append(name: string, value: string): this {
    this.#pairs.push(fieldName(name), fieldValue(name, value));
    return this;
  }

  /** Replaces all fields of that name by one, in the place of the first; appends when there was none. */
  set(name: string, value: string): this {
    const wanted = name.toLowerCase();
    const first = this.#indexOf(wanted);
    if (first < 0) return this.append(name, value);
    this.#pairs[first + 1] = fieldValue(name, value);
    this.#remove(wanted, first + 2);
    return this;
  }

  /** Adds the field when there is none of that name. */
  setDefault(name: string, value: string): this {
    return this.has(name) ? this : this.append(name, value);
  }

  /** Removes all fields of that name. Returns whether there was one. */
  delete(name: string): boolean {
    return this.#remove(name.toLowerCase(), 0);
  }

  /** From now on every change is a TypeError: for fields that many share. Copies can be changed. */
  freeze(): this {
    Object.freeze(this.#pairs);
    return this;
  }

  /** A copy, which can be changed. */
  clone(): HttpHeaders {
    return HttpHeaders.adopt(this.#pairs.slice(), this.#secret);
  }

  /** @internal The same, shown without the values of these names (`secretHeaders`, lower-case), and so are its copies. */
  hiding(names: readonly string[]): HttpHeaders {
    return names.length === 0 ? this : HttpHeaders.adopt(this.#pairs, names);
  }

  /** A copy with that field replaced: how a stage changes a request, which is immutable. */
  with(name: string, value: string): HttpHeaders {
    return this.clone().set(name, value);
  }

  /** A copy without those fields; itself when it has none of them. */
  without(...names: string[]): HttpHeaders {
    const copy = this.clone();
    return names.filter((name) => copy.delete(name)).length > 0 ? copy : this;
  }

  /** A WHATWG Headers of the same fields. */
  toHeaders(): Headers {
    return new Headers([...this]);
  }

  /** For logs: the values of fields that carry secrets (Authorization, Cookie, Set-Cookie, `secretHeaders` …) are hidden. */
  toJSON(): Record<string, string | string[]> {
    return shownFields(this, this.#secret);
  }

  /** @internal `console.log` in Node and Bun. */
  [INSPECT](depth: number, options: object, inspect?: Inspect): unknown {
    return inspection(this, depth, options, inspect);
  }

  /** Pairs in order, names lower-case. */
  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (let i = 0; i < this.#pairs.length; i += 2) yield [this.#pairs[i]!, this.#pairs[i + 1]!];
  }

  /** Where the field, or the next one of that name, stands; −1 for none. A value may be the same word. */
  #indexOf(lowerName: string, from = 0): number {
    let at = this.#pairs.indexOf(lowerName, from);
    while (at % 2 === 1) at = this.#pairs.indexOf(lowerName, at + 1);
    return at;
  }

  #remove(lowerName: string, from: number): boolean {
    const before = this.size;
    for (let i = this.#pairs.length - 2; i >= from; i -= 2)
      if (this.#pairs[i] === lowerName) this.#pairs.splice(i, 2);
    return this.size < before;
  }
}

/** What can become {@link HttpHeaders}: another one, WHATWG Headers, pairs, or a record whose own keys are read. */
export type HeadersInput =
  | HttpHeaders
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Adds to `own` the fields of `defaults` whose names it does not have, and gives it back. */
export function withDefaults(own: HttpHeaders, defaults: HttpHeaders): HttpHeaders {
  const brought = own.clone();
  for (const [name, value] of defaults) if (!brought.has(name)) own.append(name, value);
  return own;
}

function fill(headers: HttpHeaders, init: HeadersInput): void {
  for (const [name, value] of pairsOf(init)) headers.append(name, value);
}

/**
 * The fields as they were written, nothing of them checked.
 * @throws TypeError for what are no fields at all
 */
export function* pairsOf(init: HeadersInput): Iterable<readonly [name: string, value: string]> {
  if (typeof init !== 'object' || init === null) throw notFields();
  if (Symbol.iterator in init) {
    for (const pair of init as Iterable<readonly [string, string]>) {
      if (!Array.isArray(pair) || pair.length !== 2) throw notFields();
      yield [pair[0], pair[1]];
    }
    return;
  }
  for (const name of Object.keys(init)) {
    const value = (init as Record<string, unknown>)[name];
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value])
      yield [name, typeof one === 'number' ? String(one) : one];
  }
}

function notFields(): TypeError {
  return new TypeError('headers: expected an object, or pairs of name and value');
}

/** RFC 9110 §5.5 field-value, obs-text included: no control character but tab, nothing above one byte. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** True when a text may stand as a field value as it is. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}

function fieldName(name: string): string {
  if (typeof name !== 'string' || !isToken(name)) {
    throw new TypeError(`headers: ${JSON.stringify(name)} is not a field name`);
  }
  return name.toLowerCase();
}

/**
 * The value as it is kept.
 * @throws TypeError that names the field only: the value may be a secret
 */
export function fieldValue(name: string, value: string): string {
  if (typeof value === 'string' && FIELD_VALUE.test(value)) return trimOws(value);
  throw new TypeError(`headers: the value of ${name} must be one that HTTP allows`);
}
