import { describe, expect, test } from 'vitest';
import { SHORT_MEMBERS } from '../../scripts/internal-members.ts';
import { programOf } from './globals.ts';
import { objectionsTo } from './members.ts';
import { filesUnder } from './modules.ts';

const ROOTS = ['platform/browser/index.ts', 'platform/browser/extras.ts', 'platform/portable/index.ts'];
const PRODUCT = ['src', 'platform'].flatMap(filesUnder).filter((path) => path.endsWith('.ts'));

test('members with short names are nobody else’s', { timeout: 60_000 }, () => {
  expect(objectionsTo(Object.keys(SHORT_MEMBERS), programOf(PRODUCT), ROOTS)).toEqual([]);
});

test('each has a letter of its own', () => {
  const letters = Object.values(SHORT_MEMBERS);
  expect(new Set(letters).size).toBe(letters.length);
  expect(letters.filter((letter) => !/^[a-z]$/i.test(letter))).toEqual([]);
});

describe('the rule sees', () => {
  const program = programOf([], {
    'src/root.ts': `
      import { Inner } from './inner.ts';
      export class Shown {
        shown = { deep: 1 };
        /** @internal */
        hidden = new Inner();
      }`,
    'src/inner.ts': `
      export class Inner implements EventListenerObject {
        mine = 1;
        quoted = 2;
        handleEvent(): void {}
        own(other: { mine: number }): number {
          return other.mine + Reflect.get(this, 'quoted') + document.title.length;
        }
      }
      export const namespaced = 1;
      export const load = async () => (await import('./inner.ts')).namespaced;
      export const foreign = (blob: Blob) => ({ size: blob.size, mine: new Inner().mine });
      new ReadableStream({ pull() {} });`,
    'src/storage/record.ts': 'export const record = { kept: 1 };',
  });

  test.each([
    ['hidden', null],
    ['mine', null],
    ['own', null],
    ['shown', /applications see it/],
    ['deep', /applications see it/],
    ['quoted', /is a text/],
    ['handleEvent', /belongs to others/],
    ['size', /belongs to others/],
    ['pull', /belongs to others/],
    ['title', /belongs to others/],
    ['namespaced', /is no member/],
    ['kept', /may be kept or sent/],
    ['gone', /is not used any more/],
  ])('%s', (name, objection) => {
    const objections = objectionsTo([name], program, ['src/root.ts']);
    if (objection === null) expect(objections).toEqual([]);
    else expect(objections.join('\n')).toMatch(objection);
  });
});
