import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { SecurityContext, SecurityContextRequest } from '../../src/auth/security-context.ts';
import { fromBase64, toBase64 } from '../../src/util/bytes.ts';
import type { Cleanup } from './listening.ts';
import type { RunningServers } from './real-servers.ts';

/** That of Debian, for which GSS-API comes as a package. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = path.join(import.meta.dirname, 'servers', 'gss.py');

/** What passes channel bindings here: Python's package for GSS-API. */
export function hasGss(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import gssapi'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Negotiate: its tests with a binding are skipped, there is no python3-gssapi');
    return false;
  }
}

/** A process of the script, which is ended with the test: its next line, and what it is told. */
function start(cleanup: Cleanup, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(PYTHON, [SCRIPT, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  cleanup.add(() => void child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => String((await lines.next()).value) };
}

/** Starts a server of HTTPS that lets in whose log-on (Negotiate, NTLM) is bound to its certificate. */
export async function startBinding(cleanup: Cleanup, { root }: RunningServers): Promise<string> {
  const { line } = start(cleanup, ['serve', path.join(root, 'cert.pem'), path.join(root, 'key.pem')], {
    KRB5_KTNAME: path.join(root, 'krb5', 'http.keytab'),
    NTLM_USER_FILE: path.join(root, 'ntlm_users'),
  });
  return `https://localhost:${await line()}`;
}

/** Contexts of MIT Kerberos that pass the binding that they are given, or what `change` makes of it. */
export function bindingContexts(cleanup: Cleanup, change = (binding: Uint8Array | null) => binding) {
  return ({ principal }: SecurityContextRequest): SecurityContext => {
    const { child, line } = start(cleanup, ['initiate']);
    let isEstablished = false;
    return {
      get isEstablished() {
        return isEstablished;
      },
      async step(token, given) {
        const binding = change(given);
        const [said, bound] = [token, binding].map((bytes) => bytes && toBase64(bytes));
        child.stdin.write(`${JSON.stringify({ principal, token: said, binding: bound })}\n`);
        const { token: next, done, error } = JSON.parse(await line());
        if (error !== undefined) throw new Error(error);
        isEstablished = done;
        return next ? fromBase64(next)! : null;
      },
    };
  };
}
