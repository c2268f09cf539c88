/** How long a test waits for what is to come about, in milliseconds: Vitest's one second is short on a busy machine. */
export const PATIENCE = 10_000;
