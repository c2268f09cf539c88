/** What esbuild puts at the beginning of a program that a test starts: the disk of Windows, where the test has it. */
export function windowsFs(): string[] {
  return process.env[ON_WINDOWS_FS] === undefined ? [] : ['test/support/on-windows-fs.ts'];
}

/** A variable of the environment that is set where `on-windows-fs.ts` acts Windows out. */
export const ON_WINDOWS_FS = 'FAIRLEAD_ON_WINDOWS_FS';
