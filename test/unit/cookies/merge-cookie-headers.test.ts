import { expect, test } from 'vitest';
import { mergeCookieHeaders } from '../../../src/cookies/serialize.ts';

test.each<[name: string, fromJar: string, byHand: string, expected: string]>([
  ['the jar first', 'a=1', 'b=2', 'a=1; b=2'],
  ['the same pair once', 'a=1; b=2', 'b=2; c=3', 'a=1; b=2; c=3'],
  ['the value of the jar counts', 'a=new', 'a=old', 'a=new'],
  ['the first of two by hand', 'a=1', 'b=2; b=3', 'a=1; b=2'],
  ['two of the jar, which differ in their path', 'a=1; a=2', 'a=3', 'a=1; a=2'],
  ['nameless', 'token', 'other; b=2', 'token; b=2'],
  ['white space and empty parts', 'a=1', ' ; b = 2 ;; c=3;', 'a=1; b = 2; c=3'],
  ['equals signs in a value', 'a=1==', 'b=2==', 'a=1==; b=2=='],
  ['names are case-sensitive', 'a=1', 'A=2', 'a=1; A=2'],
  ['names are not special', '__proto__=1', 'constructor=2; __proto__=3', '__proto__=1; constructor=2'],
])('%s', (_name, fromJar, byHand, expected) => {
  expect(mergeCookieHeaders(fromJar, byHand)).toBe(expected);
});
