import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The text of worker.ts and all that it imports, as a script. The build has the text itself in the place of this module
 * (rollup.config.ts); where the sources are run as they are, it is made with the first PAC file.
 */
export function workerText(): string {
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}
