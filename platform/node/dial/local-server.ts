import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * The path of the socket or pipe that a `unix+http:` URL names: a path, or a name that is completed as QLocalSocket does
 * (https://doc.qt.io/qt-6/qlocalserver.html#listen). Null for what is not on this machine, or could leave the place of
 * pipes: Windows opens `\\host\pipe\name` on that host, and shows it who the user is.
 */
export function localServerPath(name: string, platform: NodeJS.Platform): string | null {
  if (name === '' || name.includes('\0')) return null;
  if (platform === 'win32') return pipePath(name);
  return path.isAbsolute(name) ? name : path.join(tmpdir(), name);
}

const PIPES = /^\\\\[.?]\\pipe\\/i;

function pipePath(name: string): string | null {
  // Windows reads both as the same.
  const full = name.replaceAll('/', '\\');
  const prefix = PIPES.exec(full)?.[0] ?? '';
  if (prefix === '' && full.startsWith('\\\\')) return null;
  const parts = full.slice(prefix.length).split('\\');
  // `\\.\pipe\..\UNC\host\…` is resolved before it is opened.
  if (parts.some((part) => part === '' || /^\.+ *$/.test(part))) return null;
  return (prefix || '\\\\.\\pipe\\') + parts.join('\\');
}
