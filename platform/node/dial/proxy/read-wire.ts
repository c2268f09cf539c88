import type { Wire } from '../step.ts';

/**
 * Takes what there is from a wire that nothing else reads, or waits for some; null at its end. What is not taken stays in the
 * wire for its next reader: a wire that flows would lose it.
 *
 * @param size exactly so many bytes; without it, whatever there is
 * @throws the reason of the signal, or the error that the wire has ended with
 */
export function readWire(wire: Wire, signal: AbortSignal, size?: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const end = (outcome: () => void): void => {
      signal.removeEventListener('abort', abort);
      wire.off('readable', take).off('end', ended).off('close', ended).off('error', failed);
      outcome();
    };
    const take = (): void => {
      const bytes: Buffer | null = wire.read(size);
      // At its end a stream gives what it has, however little.
      if (bytes !== null) end(() => resolve(size !== undefined && bytes.length < size ? null : bytes));
      else if (wire.readableEnded) ended();
    };
    const ended = (): void => end(() => (wire.errored ? reject(wire.errored) : resolve(null)));
    const failed = (error: Error): void => end(() => reject(error));
    const abort = (): void => end(() => reject(signal.reason));
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener('abort', abort);
    wire.on('readable', take).on('end', ended).on('close', ended).on('error', failed);
    if (wire.destroyed) ended();
    else take();
  });
}

/** @throws Error when the wire ends before */
export async function readExactly(wire: Wire, signal: AbortSignal, size: number): Promise<Buffer> {
  const bytes = await readWire(wire, signal, size);
  if (bytes !== null) return bytes;
  throw closedEarly();
}

/** Whether a wire was closed by the other side. */
export function isClosedEarly(error: unknown): boolean {
  return CLOSED.has((error as { code?: string }).code ?? '');
}

const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

export function closedEarly(): Error {
  return Object.assign(new Error('it has closed the connection'), { code: 'ECONNRESET' });
}
