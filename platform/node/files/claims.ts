import { readFileSync, readlinkSync, type Stats } from 'node:fs';
import { unlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setBackgroundTimeout, systemClock } from '../../../src/util/clock.ts';
import { namesIn, statOwn } from './own-files.ts';
import { errorCode, isMissing } from './refusals.ts';

/** How often (milliseconds) a claim shows that its process is at it. */
const HEARTBEAT = 400;
/** A claim that showed nothing for so long (milliseconds) while it was watched is abandoned: five heartbeats. */
export const ABANDONED_AFTER = 2000;

/** `<pid>-<id of the process>-<random>`; what the first version wrote fits, too. */
const NAME = /^\d{1,10}-[\da-f-]{16,64}$/;

export function isClaimName(name: string): boolean {
  return NAME.test(name);
}

/** Whether this very process has made the claim. */
export function isOwnClaim(name: string): boolean {
  const { machine, start } = ownIdentity();
  return machine !== UNKNOWN && name.startsWith(`${process.pid}-${machine}-${start}-`);
}

/** A name for a claim of this process. */
export function claimName(): string {
  // Loaded with the first claim: most programs that load us write no file.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const { machine, start } = ownIdentity();
  return `${process.pid}-${machine}-${start}-${randomBytes(8).toString('hex')}`;
}

/** Shows that a claim is not abandoned, until the returned function is called. */
export function keepFresh(claim: string): () => void {
  let timer: unknown;
  const beat = (): void => {
    timer = setBackgroundTimeout(() => {
      const now = new Date(systemClock.now());
      utimes(claim, now, now).catch(() => {});
      beat();
    }, HEARTBEAT);
  };
  beat();
  return () => systemClock.clearTimeout(timer);
}

/**
 * Watches the claims of others in a directory. A claim is abandoned when it did not change for two seconds of our own
 * monotonic clock, because a process that writes shows it every {@link HEARTBEAT}: no clocks are compared, of machines or
 * of file systems. That its process is dead is known at once where a process can be told from one that has its number by
 * now, or has it in another container.
 */
export class ClaimWatch {
  /** How the file system shows our own user, once a claim of ours has told: not every one shows the one that we are. */
  owner: number | undefined;
  readonly #directory: string;
  readonly #seen = new Map<string, { readonly signature: string; readonly since: number }>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Whether another process is at it. Changes nothing. */
  async isClaimed(): Promise<boolean> {
    for (const name of await namesIn(this.#directory, NAME)) {
      const stat = await statOwn(path.join(this.#directory, name), this.owner);
      if (stat !== null && !this.isAbandoned(name, stat)) return true;
    }
    return false;
  }

  /**
   * Whether another process is at it besides the one that has the claim of that name. Removes abandoned claims of our own
   * user, and nothing else.
   */
  async isContested(own: string): Promise<boolean> {
    let contested = false;
    for (const name of await namesIn(this.#directory, NAME)) {
      if (name === own) continue;
      const file = path.join(this.#directory, name);
      const stat = await statOwn(file, this.owner);
      // Not a claim: of another user, or no file.
      if (stat === null) continue;
      if (this.isAbandoned(name, stat)) await remove(file);
      else contested = true;
    }
    return contested;
  }

  /** Whether a claim, as it lies there now, is none any more. */
  isAbandoned(name: string, stat: Stats): boolean {
    return isOfDeadProcess(name) || this.#isStill(name, stat);
  }

  #isStill(name: string, { mtimeMs, size, ctimeMs }: Stats): boolean {
    const signature = `${mtimeMs} ${size} ${ctimeMs}`;
    const now = systemClock.monotonic();
    const seen = this.#seen.get(name);
    if (seen?.signature === signature) return now - seen.since >= ABANDONED_AFTER;
    this.#seen.set(name, { signature, since: now });
    return false;
  }
}

async function remove(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

interface Identity {
  /** Where numbers of processes mean the same: one boot of one machine, and one of its pid namespaces. */
  readonly machine: string;
  /** When the process started, in ticks since the boot. */
  readonly start: string;
}

const UNKNOWN = '0';
let identity: Identity | null = null;

function ownIdentity(): Identity {
  identity ??= { machine: machine(), start: startOf('self') ?? UNKNOWN };
  return identity;
}

/** Linux alone tells it without a program of its own; elsewhere the heartbeat decides. */
function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    const namespace = readlinkSync('/proc/self/ns/pid');
    const { createHash } = process.getBuiltinModule('node:crypto');
    return createHash('sha256').update(`${boot} ${namespace}`).digest('hex').slice(0, 8);
  } catch {
    return UNKNOWN;
  }
}

/** Null when there is no such process; {@link UNKNOWN} when that cannot be told. */
function startOf(pid: string): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may hold anything.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return start === undefined ? UNKNOWN : Number(start).toString(16);
  } catch (error) {
    return isMissing(error) || errorCode(error) === 'ESRCH' ? null : UNKNOWN;
  }
}

/** False also when it is not known. */
function isOfDeadProcess(name: string): boolean {
  const [pid, where, start, random] = name.split('-');
  const own = ownIdentity();
  if (random?.length !== 16 || own.machine === UNKNOWN || where !== own.machine || start === UNKNOWN)
    return false;
  const found = startOf(pid!);
  return found !== UNKNOWN && found !== start;
}
