import type { NetworkErrorJson } from '../../src/error.ts';

/** On which a preload hands the port of its page to the main process. */
export const CHANNEL = 'fairlead:connect';

/** The name under which a page finds what its preload exposes. */
export const EXPOSED = 'fairleadHandOver';

/** What a page can do with its preload: say that a message with that key brings a port. Nothing else is exposed. */
export interface HandOver {
  /** Lets the next message of the page that says this key pass, with the port that it brings. */
  expect(key: string): void;
}

/** The one post to a page that is not served: why, in the words of the bridge. */
export function refusal(error: NetworkErrorJson): readonly object[] {
  return [{ type: 'goodbye', error }];
}
