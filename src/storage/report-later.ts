import type { FaultListener } from './key-value-store.ts';

/** Tells a listener of a fault in a turn of its own: what it throws does not reach the code that met the fault. */
export function reportLater(listener: FaultListener = () => {}): FaultListener {
  return (fault) => queueMicrotask(() => listener(fault));
}
