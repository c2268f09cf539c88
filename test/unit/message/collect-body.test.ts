import { describe, expect, test } from 'vitest';
import type { RequestBody } from '../../../src/message/body.ts';
import { collectBody } from '../../../src/message/collect-body.ts';

function chunks(length: number | null, ...texts: string[]): RequestBody & { opened: number; closed: number } {
  return {
    length,
    replayable: true,
    bytes: null,
    contentType: null,
    opened: 0,
    closed: 0,
    async *open() {
      this.opened++;
      try {
        for (const text of texts) yield new TextEncoder().encode(text);
      } finally {
        this.closed++;
      }
    },
  };
}

describe('collectBody', () => {
  test('gives bytes that are in memory as they are, whatever the limit', async () => {
    const bytes = new Uint8Array(10);
    const body: RequestBody = { ...chunks(10), bytes };
    expect(await collectBody(body, 1)).toBe(bytes);
  });

  test('joins the chunks in order', async () => {
    const bytes = await collectBody(chunks(null, 'one ', '', 'two'), 7);
    expect(new TextDecoder().decode(bytes)).toBe('one two');
  });

  test('refuses a body of known length beyond the limit without opening it', async () => {
    const body = chunks(8, '12345678');
    await expect(collectBody(body, 7)).rejects.toMatchObject({
      code: 'protocol-invalid-operation',
      capability: 'requestStreams',
    });
    expect(body.opened).toBe(0);
  });

  test('refuses a body of unknown length where it passes the limit, and closes it', async () => {
    const body = chunks(null, '1234', '5678', 'never read');
    await expect(collectBody(body, 7)).rejects.toMatchObject({ capability: 'requestStreams' });
    expect([body.opened, body.closed]).toEqual([1, 1]);
  });
});
