import { join } from 'node:path';
import { build } from 'esbuild';

/** What a bundle of ES modules begins with, for the CommonJS in it. Under another name than our sources import it by. */
export const ESM_BANNER =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** Makes one file of a program in `test/node/fixtures`, which any Node can run. */
export async function bundleFixture(name: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, '../node/fixtures', name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: ESM_BANNER },
  });
}
