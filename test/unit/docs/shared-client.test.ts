import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as bridge from '../../../platform/bridge/index.ts';
import * as main from '../../../platform/electron/main.ts';
import * as preload from '../../../platform/electron/preload.ts';
import * as renderer from '../../../platform/electron/renderer.ts';
import * as worker from '../../../platform/worker/index.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/qt-mapping.md'), 'utf8');

test.each(Object.entries({ bridge, main, preload, renderer, worker }))(
  'the page names each class and function by which %s shares a manager',
  (_entry, exported) => {
    const named = (name: string): boolean => new RegExp(`\`${name}\\b`).test(PAGE);
    expect(Object.keys(exported).filter((name) => !named(name))).toEqual([]);
  },
);
