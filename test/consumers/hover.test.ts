/** What an editor shows of the published declarations: every symbol and member says more than its name. */
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { documentedSymbols, newWords } from './hover.ts';

const { directory } = inject('consumer');
const ENTRIES = [
  ...['index.d.ts', 'node.d.ts', 'browser.d.ts', 'bridge.d.ts', 'worker.d.ts'],
  ...['electron/main.d.ts', 'electron/preload.d.ts', 'electron/renderer.d.ts'],
];

test('every public symbol and member has a docstring that says more than its name', () => {
  const all = documentedSymbols(join(directory, 'node_modules', 'fairlead', 'dist'), ENTRIES);
  expect(all.length).toBeGreaterThan(1000);
  const names = all.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['NetworkAccessManager.post', 'NetworkReply.on', 'NetworkError']),
  );
  expect(all.filter((one) => newWords(one).length < 2).map(({ name }) => name)).toEqual([]);
});

test.each([
  ['Reply.status', 'The status', 0],
  ['Reply.status', 'Sets the status of this reply.', 0],
  ['Reply.status', 'The code of three digits.', 3],
])('%s: "%s" has %i words of its own', (name, text, count) => {
  expect(newWords({ name, text })).toHaveLength(count);
});
