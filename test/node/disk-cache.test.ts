import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DiskCache } from '../../platform/node/disk-cache.ts';
import { testCache } from '../suites/cache.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-cache-'));

testCache('DiskCache', {
  open: (name, maximumSize) =>
    new DiskCache({
      directory: path.join(root, name),
      ...(maximumSize === undefined ? {} : { maximumSize }),
    }),
  persistent: true,
  cleanUp: async () => rmSync(root, { recursive: true, force: true }),
});
