import type { FaultListener } from './key-value-store.ts';

/** Tells of a trouble that lasts once, and again only after it had passed. */
export interface FaultTeller {
  /** It failed. Told unless the same was told since the last success. */
  failed(message: string, cause: unknown): void;
  /** It worked: what fails from now on is news. */
  succeeded(): void;
}

/** Two faults are the same when we say the same, but for numbers, and the system has the same word for it. */
export function faultTeller(onFault: FaultListener): FaultTeller {
  const told = new Set<string>();
  return {
    failed(message, cause) {
      const kind = `${message.replaceAll(/\d+/g, '')} ${kindOf(cause)}`;
      if (told.has(kind)) return;
      told.add(kind);
      onFault(new Error(message, { cause }));
    },
    succeeded: () => told.clear(),
  };
}

function kindOf(cause: unknown): string {
  const { code, name, message } = (cause ?? {}) as { code?: unknown; name?: unknown; message?: unknown };
  return typeof code === 'string' ? code : `${String(name)}: ${String(message)}`;
}
