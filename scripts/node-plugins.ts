import { readFileSync } from 'node:fs';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import type { Plugin, RenderedChunk } from 'rollup';
import esbuild from 'rollup-plugin-esbuild';
import { workerText } from '../platform/node/proxy/pac/worker-text.ts';
import { lateBuiltIns } from './late-built-ins.ts';
import { withoutComments } from './without-comments.ts';

/** The thread that runs PAC files as the text that it is begun with: no bundler of an application has to find a file of its own. */
const workerAsText: Plugin = {
  name: 'worker-as-text',
  load: (id) =>
    /pac[\\/]worker-text\.ts$/.test(id)
      ? `export const workerText = () => ${JSON.stringify(workerText())};`
      : null,
};

/** What the adapter sets of Node are built with. */
export const nodePlugins = (): Plugin[] => [
  workerAsText,
  lateBuiltIns,
  nodeResolve({ exportConditions: ['node'] }),
  commonjs(),
  withoutComments,
  esbuild({ target: 'es2022' }),
];

/** Of what is built in. */
export function licenseOf({ moduleIds }: RenderedChunk): string {
  const license = readFileSync('node_modules/eventemitter3/LICENSE', 'utf8');
  return moduleIds.some((id) => id.includes('eventemitter3')) ? `/* eventemitter3: ${license}*/` : '';
}
