import type { Stage, StageSource } from '../../call/stage.ts';
import type { Check } from '../../checks/checker.ts';
import { INSPECT, type Inspect, inspection } from '../../util/inspection.ts';
import { CacheStage } from '../stage.ts';
import type { ResponseMetadata, StoredResponse } from './metadata.ts';
import type { BodyReader, EntryWriter, MaybePromise, NetworkCache } from './network-cache.ts';

/** 50 MiB, as in Qt. */
export const DEFAULT_MAXIMUM_SIZE = 50 * 1024 * 1024;

/** What `maximumSize` of a cache may be. */
export const MAXIMUM_SIZE: Check = {
  expected: 'a number of bytes',
  accepts: (value) => Number.isFinite(value) && (value as number) >= 0,
};

/**
 * The base of every cache that can be set as `manager.cache`: with it comes the stage that speaks HTTP for it, so a
 * program that sets no cache does not contain one. Managers that share a cache share its stage. Qt:
 * `QAbstractNetworkCache`.
 *
 * The contract of the methods is described at {@link NetworkCache}.
 */
export abstract class AbstractNetworkCache<Stored extends StoredResponse = StoredResponse>
  implements NetworkCache<Stored>, StageSource
{
  /** The stage that speaks HTTP for this cache. */
  readonly stage: Stage = new CacheStage<Stored>(this);
  /** Bytes that all entries together may take. */
  abstract readonly maximumSize: number;

  /** For logs: how large the cache may be, and nothing that is in it. */
  toJSON(): object {
    return { maximumSize: this.maximumSize };
  }

  /** @internal `console.log` in Node and Bun. */
  [INSPECT](depth: number, options: object, inspect?: Inspect): unknown {
    return inspection(this, depth, options, inspect);
  }

  /** Whether no method but `close` ever gives a promise. Then no request has to be kept from waiting for it. */
  get answersAtOnce(): boolean {
    return false;
  }

  /** Hears that the cache has not answered within a second: requests go on without it until it does. */
  silent?(fault: Error): void;
  /** All variants that are stored under the key. */
  abstract match(key: string): MaybePromise<readonly Stored[]>;
  /** Opens a body for reading and counts as a use of it; null when it has gone since. */
  abstract open(stored: Stored): MaybePromise<BodyReader | null>;
  /** Begins an entry; null when it will not be stored. */
  abstract insert(key: string, metadata: ResponseMetadata, length: number | null): EntryWriter | null;
  /** Replaces the metadata of an entry; its body stays. */
  abstract update(key: string, stored: Stored, metadata: ResponseMetadata): MaybePromise<void>;
  /** Removes one variant, or all under the key. */
  abstract remove(key: string, stored?: Stored): MaybePromise<void>;
  /** Removes everything. Qt: `clear()`. */
  abstract clear(): MaybePromise<void>;
  /** Bytes that are in use now. Qt: `cacheSize()`. */
  abstract size(): MaybePromise<number>;
  /** Waits for what is being written and releases everything. */
  abstract close(): Promise<void>;
}
