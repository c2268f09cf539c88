import { describe, expect, test } from 'vitest';
import { shownEvent } from '../../../../platform/bridge/owner/shown-event.ts';
import type { ReplyEvent } from '../../../../src/call/reply-event.ts';
import { NetworkError } from '../../../../src/error.ts';
import { head } from '../../reply/scripted-reply.ts';

const FIELDS = ['set-cookie', 'a=secret', 'x-a', '1', 'set-cookie2', 'b=secret'];
const ERROR = new NetworkError('timeout', 'too late').toJSON();
const HOP = { url: 'https://a.example/', status: 302, reason: '', headers: FIELDS };
/** Each with all fields that it can have. */
const EVENTS: { readonly [Type in ReplyEvent['type']]: Extract<ReplyEvent, { readonly type: Type }> } = {
  'socket-started-connecting': { type: 'socket-started-connecting' },
  'request-sent': { type: 'request-sent' },
  'upload-progress': { type: 'upload-progress', sent: 1, total: 2 },
  informational: { type: 'informational', status: 103, reason: '', headers: FIELDS },
  hop: { type: 'hop', hop: HOP },
  redirected: { type: 'redirected', target: 'https://b.example/' },
  retrying: { type: 'retrying', attempt: 2, delay: 1, error: ERROR },
  fault: { type: 'fault', error: ERROR },
  head: head(HOP),
  data: { type: 'data', chunk: new Uint8Array(1), lent: false },
  end: { type: 'end', trailers: FIELDS },
  failed: { type: 'failed', error: ERROR },
};

describe.each(Object.values(EVENTS))('$type', (event) => {
  const said = JSON.stringify(event);

  test('shows no Set-Cookie, and all else', () => {
    const shown = JSON.stringify(shownEvent(event, false));
    expect(shown).not.toContain('secret');
    expect(shown.includes('x-a')).toBe(said.includes('x-a'));
  });

  test('shows it where the policy does', () => {
    const shown = shownEvent(event, true);
    if (shown !== null) expect(JSON.stringify(shown)).toBe(said);
  });
});
