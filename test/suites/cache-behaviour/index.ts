import type { Case } from './case.ts';
import { fields } from './fields.ts';
import { freshness } from './freshness.ts';
import { parts } from './parts.ts';
import { storing } from './storing.ts';
import { varying } from './vary.ts';

export { AN_ERROR_HERE, DECLINED } from './parts.ts';
export { startOrigin } from './run.ts';

export const CASES: readonly Case[] = [...freshness, ...storing, ...varying, ...fields, ...parts];
