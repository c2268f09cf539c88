import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { kerberosContext } from '../../platform/node/auth/kerberos-context.ts';
import type { Kerberos } from '../../platform/node/late-packages.cjs';
import type { SecurityContext, SecurityContextRequest } from '../../src/auth/security-context.ts';
import type { RunningServers } from './real-servers.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'consumers', 'kerberos');
const BUILT = path.join(FOLDER, 'node_modules', 'kerberos', 'build', 'Release', 'kerberos.node');

export interface KerberosLogin {
  /** The package `kerberos` was built here (`npm ci` in its folder, which `.ci/run` does). */
  readonly isBuilt: boolean;
  logIn(): void;
  logOut(): void;
  securityContext(request: SecurityContextRequest): Promise<SecurityContext | null>;
  /** The server has proven itself to each context that was made, and there were some. */
  isProven(): boolean;
}

/** The realm of the real servers, for this process: GSS-API reads its environment. */
export function kerberosOf(running: RunningServers | null): KerberosLogin {
  const { root = '' } = running ?? {};
  process.env.KRB5_CONFIG = path.join(root, 'krb5', 'krb5.conf');
  process.env.KRB5CCNAME = `FILE:${path.join(root, 'krb5', 'tickets')}`;
  const isBuilt = existsSync(BUILT);
  if (!isBuilt) console.warn(`kerberos: its tests are skipped, ${BUILT} is not there`);
  const made: SecurityContext[] = [];
  const load = (): Kerberos => createRequire(path.join(FOLDER, 'package.json'))('kerberos');
  return {
    isBuilt,
    logIn: () => {
      execFileSync('kinit', ['user@EXAMPLE.TEST'], { input: 'pass\n', stdio: ['pipe', 'ignore', 'inherit'] });
    },
    logOut: () => {
      execFileSync('kdestroy', ['-q'], { stdio: 'ignore' });
    },
    async securityContext(request) {
      const context = await kerberosContext(request, load);
      if (context !== null) made.push(context);
      return context;
    },
    isProven: () => made.length > 0 && made.every(({ isEstablished }) => isEstablished),
  };
}
