import { tmpdir } from 'node:os';
import { WindowsFs } from './windows-fs.ts';
import { ON_WINDOWS_FS } from './windows-in-processes.ts';

/**
 * Runs what is imported after it on a disk with the rules of Windows, acted out: every file of tests in the project
 * `windows`, and the processes that these start. There is no scanner here, because it would meet what the tests themselves
 * do with files, too: `windows.test.ts` has one.
 */
if (process.platform !== 'win32') {
  process.env[ON_WINDOWS_FS] = 'yes';
  process.env.TEMP = tmpdir();
  // What builds the programs of other processes is that of the real system.
  process.env.ESBUILD_BINARY_PATH ??= `node_modules/@esbuild/${process.platform}-${process.arch}/bin/esbuild`;
  new WindowsFs().install();
}
