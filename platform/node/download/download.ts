import { fileURLToPath } from 'node:url';
import { type Checks, checkOptions, TRUTH } from '../../../src/checks/checker.ts';
import {
  DOWNLOAD_CHECKS,
  type Download,
  type DownloadSettings,
  startDownload,
} from '../../../src/download/download.ts';
import type { Manager } from '../../../src/manager.ts';
import type { RequestInput } from '../../../src/options/options.ts';
import { brandOf } from '../../../src/util/brand.ts';
import { FileTarget } from './file-target.ts';

/** Where {@link download} puts the file, and what it must be. */
export interface DownloadOptions extends DownloadSettings {
  /** The file that it becomes: a path in words of `node:fs`. Its directory must exist. */
  readonly to: string | URL;
  /** A file that is there is replaced, when all has come; without it that is an error. @default false */
  readonly overwrite?: boolean | undefined;
}

const CHECKS: Checks<DownloadOptions> = {
  ...DOWNLOAD_CHECKS,
  to: {
    expected: 'a path',
    accepts: (value) => (typeof value === 'string' && value !== '') || brandOf(value) === 'URL',
    isRequired: true,
  },
  overwrite: TRUTH,
};

/**
 * Downloads a resource into a file: `await download(manager, url, { to: 'film.mp4' }).saved`. The file is there when all of it is
 * there and right (its length, and each digest that is known), and never before.
 *
 * Until then it lies beside the target as `NAME.fairlead-part`, with `NAME.fairlead-journal`, which says what it is. Lost
 * connections are continued by Range and If-Range under a strong validator (an ETag that is not weak, or a Last-Modified that is
 * old enough), and so is what an earlier call, or a process that was killed, has left of the same URL; what has changed is begun
 * anew. A failed download leaves the part when it can be continued and `resume` is on, and nothing else.
 *
 * The reply ends when the file is saved; its body is the file's, and its helpers (`text()` …) have none.
 *
 * @throws TypeError for an option that is none
 */
export function download(
  manager: Manager,
  request: RequestInput,
  options: DownloadOptions,
): Download<{ readonly path: string }> {
  const { to, overwrite = false, ...settings } = checkOptions('download', options, CHECKS);
  const path = typeof to === 'string' ? to : fileURLToPath(to);
  return startDownload(manager, request, settings, new FileTarget(path, overwrite), true);
}
