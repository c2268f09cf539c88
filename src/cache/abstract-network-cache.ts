import type { Stage, StageSource } from '../pipeline/stage.ts';
import { INSPECT, type Inspect, inspection } from '../util/inspection.ts';
import type { ResponseMetadata, StoredResponse } from './metadata.ts';
import type { BodyReader, EntryWriter, MaybePromise, NetworkCache } from './network-cache.ts';
import { CacheStage } from './stage.ts';

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
  readonly stage: Stage = new CacheStage<Stored>(this);
  abstract readonly maximumSize: number;

  /** For logs: how large the cache may be, and nothing that is in it. */
  toJSON(): object {
    return { maximumSize: this.maximumSize };
  }

  /** @internal `console.log` in Node and Bun. */
  [INSPECT](depth: number, options: object, inspect?: Inspect): unknown {
    return inspection(this, depth, options, inspect);
  }

  abstract match(key: string): MaybePromise<readonly Stored[]>;
  abstract open(stored: Stored): MaybePromise<BodyReader | null>;
  abstract insert(key: string, metadata: ResponseMetadata, length: number | null): EntryWriter | null;
  abstract update(key: string, stored: Stored, metadata: ResponseMetadata): MaybePromise<void>;
  abstract remove(key: string, stored?: Stored): MaybePromise<void>;
  abstract clear(): MaybePromise<void>;
  abstract size(): MaybePromise<number>;
  abstract close(): Promise<void>;
}
