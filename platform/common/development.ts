import { foreignWord } from '../../src/checks/foreign-words.ts';

let isTold = false;

/**
 * Tells once, and not in production, that an answer was looked for where there is none yet: most often behind an
 * `await manager.get(url)`, which waits for nothing.
 * @param name what was read: `'status'`
 */
export function tellEarlyRead(name: string): void {
  try {
    // In the form that bundlers know, so that a production build has nothing of it.
    if (process.env.NODE_ENV !== 'production' && !isTold) {
      isTold = true;
      const warning = new Error(
        `reply.${name} was read before there is an answer: a reply is returned at once, and is no promise. Await reply.completed, reply.response or json(), text() … of it, or read it in a listener (told once, and not in production)`,
      );
      warning.name = 'Warning';
      console.warn(warning);
    }
  } catch {
    // A page without a bundler has no `process`, and is taken for production.
  }
}

/** What to do in place of an option of another client; in production it is unknown and nothing more. */
export function developmentHint(name: string): string | undefined {
  try {
    if (process.env.NODE_ENV !== 'production') return foreignWord(name);
  } catch {
    // See above.
  }
  return undefined;
}
