import { again, type Case, type Fields, type Step } from './case.ts';

const FRESH: Fields = [['Cache-Control', 'max-age=3600']];
const range = (value: string): Fields => [['Range', `bytes=${value}`]];

function slice(id: string, body: string, wanted: string, text: string, extra: Fields = []): Case {
  const step: Step = { headers: range(wanted), status: 206, text };
  const kind = id.startsWith('partial-use') ? 'required' : 'optimal';
  const has = Object.fromEntries(extra.map(([name, value]) => [name, String(value)]));
  return again(id, kind, [...FRESH, ...extra], 'cache', { ...step, has, first: { reply: { body } } });
}

export const parts: readonly Case[] = [
  slice('partial-store-complete-reuse-partial', '01234567890', '0-1', '01'),
  slice('partial-store-complete-reuse-partial-no-last', '01234567890', '1-', '1234567890'),
  slice('partial-store-complete-reuse-partial-suffix', '0123456789A', '-1', 'A'),
  slice('partial-use-headers', '01234567890', '0-1', '01', [['A', '1']]),
  slice('partial-use-stored-headers', '01234567890', '0-1', '01', [['A', '1']]),
];

/**
 * Of the public suite, not passed on purpose. The first four answer with six bytes in Content-Range and five in the body:
 * such a part is not stored. The last one would have us ask for the rest of a part without any validator, which can only
 * end in asking for everything again.
 */
export const DECLINED = [
  'partial-store-partial-reuse-partial',
  'partial-store-partial-reuse-partial-byterange',
  'partial-store-partial-reuse-partial-absent',
  'partial-store-partial-reuse-partial-suffix',
  'partial-store-partial-complete',
];

/** Required there: a status where we, like fetch and Qt, have an error, when the server cuts the connection. */
export const AN_ERROR_HERE = ['stale-close-must-revalidate', 'stale-close-no-cache'];
