import fs from 'node:fs';
import path from 'node:path';
import { isDeviceName } from '../../platform/node/files/windows-names.ts';
import { systemError } from './patched-fs.ts';

const { lstatSync, readdirSync } = fs;
const { basename, dirname, join, resolve } = path.posix;

/**
 * Where a path of Windows leads on this machine's disk, whose root is that of every drive:
 *
 * - `C:\a`, `C:/a`, `\a` and `/a` are `/a`; `C:a` is `a` in the current directory; dots and spaces at the end of a part drop;
 * - `\\?\C:\a` is taken as it stands: devices are files there, no slash separates, `.` and `..` are no names;
 * - of several names that differ by case alone the disk has at most one;
 * - other machines (`\\server\share`) are not there.
 */
export function realPath(windowsPath: string): string {
  const verbatim = /^\\\\\?\\[a-z]:\\(.*)$/is.exec(windowsPath);
  if (verbatim !== null) return verbatimPath(verbatim[1]!);
  if (/^[\\/]{2}/.test(windowsPath)) throw systemError('ENOENT', windowsPath);
  const [, rest] = /^(?:[a-z]:)?(.*)$/is.exec(windowsPath)!;
  const parts = rest!
    .split(/[\\/]/)
    .map((part) => (/^\.{1,2}$/.test(part) ? part : part.replace(/[. ]+$/, '')));
  return inAnyCase(resolve(parts.join('/')));
}

function verbatimPath(rest: string): string {
  const parts = rest.split('\\');
  if (parts.some((part) => part.includes('/') || part === '.' || part === '..'))
    throw systemError('ENOENT', rest);
  return inAnyCase(resolve(`/${parts.join('/')}`));
}

/** Throws for what is no name of a file: a device, or a stream of a file (whose path is another one's, therefore). */
export function refuseNoFile(windowsPath: string): void {
  const isVerbatim = windowsPath.startsWith('\\\\?\\');
  const parts = windowsPath.replace(/^(\\\\\?\\)?[a-z]:/i, '').split(/[\\/]/);
  if (parts.some((part) => part.includes(':'))) throw systemError('EINVAL', 'a stream of a file');
  if (!isVerbatim && parts.some(isDeviceName)) throw systemError('EINVAL', 'a device');
}

/** The path of what is there under that name in any case, else the path itself. */
function inAnyCase(file: string): string {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return file;
  const above = dirname(file);
  if (above === file) return file;
  const directory = inAnyCase(above);
  const name = basename(file);
  return join(directory, namesIn(directory).find((one) => isSame(one, name)) ?? name);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
