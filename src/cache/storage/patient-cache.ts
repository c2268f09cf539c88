import { StoreTimeout, withinPatience } from '../../storage/store-patience.ts';
import { type Clock, systemClock } from '../../util/clock.ts';
import type { ResponseMetadata, StoredResponse } from './metadata.ts';
import type { BodyReader, EntryWriter, MaybePromise, NetworkCache } from './network-cache.ts';

/** How often (milliseconds) a cache that does not answer is tried again. */
const PROBE_INTERVAL = 10_000;
/** Keys that are to be removed when the cache answers again; with more of them all of it is cleared. */
const MAXIMUM_MISSED = 1000;

/**
 * A cache for which no request waits longer than a second.
 *
 * Theory of operation. A call that has not come to its end in time is *overdue*: for the request it was a miss, or is not
 * stored, and the fault is told. While calls are overdue the cache is *silent*: it is asked nothing, so that one request
 * has waited and not all of them, and no further thread hangs on a dead drive. It is believed again when the overdue calls
 * have ended, or when one that is tried now and then has succeeded. What has been invalidated meanwhile is removed first,
 * and not found before that.
 */
export class PatientCache<Stored extends StoredResponse> implements NetworkCache<Stored> {
  /** Hears that the cache has become silent: the manager of the last request. */
  tell: ((fault: Error) => void) | null = null;
  readonly #cache: NetworkCache<Stored>;
  readonly #clock: Clock;
  readonly #overdue = new Set<Promise<unknown>>();
  readonly #missed = new Set<string>();
  #probeAt = 0;

  constructor(cache: NetworkCache<Stored>, clock: Clock = systemClock) {
    this.#cache = cache;
    this.#clock = clock;
  }

  get maximumSize(): number {
    return this.#cache.maximumSize;
  }

  match(key: string): MaybePromise<readonly Stored[]> {
    if (this.#isSilent() || this.#missed.has(key)) return [];
    return this.#unlessLate(this.#cache.match(key), 'looking for an entry', () => []);
  }

  open(stored: Stored): MaybePromise<BodyReader | null> {
    if (this.#isSilent()) return null;
    const opening = this.#cache.open(stored);
    if (!(opening instanceof Promise)) return opening === null ? null : this.#patientReader(opening);
    const opened = opening.then((reader) => (reader === null ? null : this.#patientReader(reader)));
    return this.#unlessLate(opened, 'opening an entry', () => {
      opened.then(
        (reader) => reader?.close(),
        () => {},
      );
      return null;
    });
  }

  insert(key: string, metadata: ResponseMetadata, length: number | null): EntryWriter | null {
    if (this.#isSilent()) return null;
    const writer = this.#cache.insert(key, metadata, length);
    if (writer === null) return null;
    let end: Promise<unknown> | null = null;
    return {
      ...this.#patientReader(writer),
      write: (chunk) => this.#orFail(writer.write(chunk), 'writing an entry'),
      commit: () => {
        const committed = writer.commit();
        if (!(committed instanceof Promise)) return undefined;
        end = committed;
        return this.#unlessLate(committed, 'storing an entry', () => {});
      },
      // The contract: not while it is being committed.
      close: () =>
        void (end === null ? writer.close() : end.then(writer.close.bind(writer), writer.close.bind(writer))),
    };
  }

  update(key: string, stored: Stored, metadata: ResponseMetadata): MaybePromise<void> {
    const late = (): void => {
      // A renewal may be lost, and what is known to be outdated may not be used.
      if (metadata.outdated === true) this.#miss(key);
    };
    if (this.#isSilent()) return late();
    return this.#unlessLate(this.#cache.update(key, stored, metadata), 'updating an entry', late);
  }

  remove(key: string, stored?: Stored): MaybePromise<void> {
    const late = (): void => {
      // A single entry that is damaged will be found to be so again.
      if (stored === undefined) this.#miss(key);
    };
    if (this.#isSilent()) return late();
    return this.#unlessLate(this.#cache.remove(key, stored), 'removing an entry', late);
  }

  clear(): MaybePromise<void> {
    return this.#cache.clear();
  }

  size(): MaybePromise<number> {
    return this.#cache.size();
  }

  close(): Promise<void> {
    return this.#cache.close();
  }

  #isSilent(): boolean {
    if (this.#overdue.size === 0) return false;
    const now = this.#clock.monotonic();
    if (now < this.#probeAt) return true;
    this.#probeAt = now + PROBE_INTERVAL;
    return false;
  }

  #patientReader(reader: BodyReader): BodyReader {
    return {
      ...(reader.owned === undefined ? {} : { owned: reader.owned }),
      read: (offset, length) => this.#orFail(reader.read(offset, length), 'reading an entry'),
      close: () => reader.close(),
    };
  }

  #orFail<Value>(work: MaybePromise<Value>, what: string): MaybePromise<Value> {
    return this.#unlessLate(work, what, (error) => {
      throw error;
    });
  }

  #unlessLate<Value>(
    work: MaybePromise<Value>,
    what: string,
    instead: (error: StoreTimeout) => Value,
  ): MaybePromise<Value> {
    if (!(work instanceof Promise)) return work;
    return withinPatience(work, `cache: ${what}`, this.#clock).then(
      (value) => {
        if (this.#overdue.size > 0) this.#recover();
        return value;
      },
      (error: unknown) => {
        if (!(error instanceof StoreTimeout)) throw error;
        this.#late(work, error);
        return instead(error);
      },
    );
  }

  #late(work: Promise<unknown>, error: StoreTimeout): void {
    const isFirst = this.#overdue.size === 0;
    this.#overdue.add(work);
    if (isFirst) {
      this.#probeAt = this.#clock.monotonic() + PROBE_INTERVAL;
      this.#cache.silent?.(error);
      this.tell?.(error);
    }
    const ended = (): void => {
      if (this.#overdue.delete(work) && this.#overdue.size === 0) this.#recover();
    };
    work.then(ended, ended);
  }

  #miss(key: string): void {
    this.#missed.add(key);
  }

  /** Answers again: what should have been removed meanwhile goes, and is not found before it has gone. */
  #recover(): void {
    this.#overdue.clear();
    const missed = [...this.#missed];
    const all = missed.length > MAXIMUM_MISSED;
    const work = all ? [this.#cache.clear()] : missed.map((key) => this.#cache.remove(key));
    const gone = all ? [missed] : missed.map((key) => [key]);
    for (const [index, removing] of work.entries()) {
      const done = (): void => {
        for (const key of gone[index]!) this.#missed.delete(key);
      };
      Promise.resolve(removing).then(done, done);
    }
  }
}
