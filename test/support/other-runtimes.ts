import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A runtime beside Node that takes the Node set, as a program that runs Vitest. */
export interface OtherRuntime {
  readonly name: string;
  readonly program: string;
  /** Before the script. */
  readonly before: readonly string[];
  /** Behind Vitest's own. */
  readonly options: readonly string[];
}

const TOOLS = join(import.meta.dirname, '..', 'consumers', 'runtimes', 'node_modules');

export const OTHER_RUNTIMES: readonly OtherRuntime[] = [
  {
    name: 'Deno',
    program: join(TOOLS, '@deno', 'linux-x64-glibc', 'deno'),
    before: ['run', '--allow-all'],
    // Of Vitest's pools Deno has threads, whose ports lack a method that ends them: the reports are whole all the same.
    options: ['--pool=threads', '--dangerouslyIgnoreUnhandledErrors'],
  },
  {
    name: 'Bun',
    program: join(TOOLS, '@oven', 'bun-linux-x64', 'bin', 'bun'),
    before: ['--bun'],
    options: [],
  },
];

/** What Electron runs as Node (`ELECTRON_RUN_AS_NODE`): what depends on BoringSSL, its TLS, hashes and names of errors. */
export const BORINGSSL_FILES: readonly string[] = [
  'authentication',
  'certificate-pins',
  'client-certificate',
  'http2-negotiation',
  'ntlm',
  'pre-shared-key',
  'ssl-errors',
  'tls-options',
].map((name) => join('test', 'node', `${name}.test.ts`));

export function isInstalled({ program }: OtherRuntime): boolean {
  return existsSync(program);
}

/**
 * What the Node set promises there. The rest of the suite looks at Node itself, has the platform's own fetch for an oracle, or
 * starts programs under Node.
 */
export const CORE_FILES: readonly string[] = [
  'authentication',
  'cache-manager',
  'cookie-jar',
  'decoding',
  'extend',
  'fetch',
  'fetch-conditions',
  'hsts',
  'http2-negotiation',
  'interceptors',
  'lines',
  'manager',
  'redirect',
  'redirect-policies',
  'retry',
  'server-sent-events',
  'text',
  'transport-socket',
].map((name) => join('test', 'node', `${name}.test.ts`));
