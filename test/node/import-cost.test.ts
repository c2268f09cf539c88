import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const dist = path.join(import.meta.dirname, '../../dist/node');

/** What a process prints that runs this module. */
function outputOf(code: string): string[] {
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return JSON.parse(output) as string[];
}

describe.skipIf(!existsSync(dist)).each(['index.js', 'index.cjs'])('import of dist/node/%s', (file) => {
  const load = `import { createRequire } from 'node:module';
    const require = createRequire('${dist}/');
    const load = () => ${file.endsWith('.cjs') ? 'require' : 'import'}('${dist}/${file}');`;

  test('loads no HTTP/2, TLS, hashes, zlib, node:http, threads or UDP before they are used, and nothing of node_modules', () => {
    const loaded = outputOf(
      `${load}
      const before = new Set(process.moduleLoadList);
      await load();
      const builtIn = process.moduleLoadList.filter((name) => !before.has(name));
      console.log(JSON.stringify([...builtIn, ...Object.keys(require.cache)]))`,
    );
    const unwanted =
      /^NativeModule (http|https|http2|_http_client|tls|crypto|zlib|worker_threads|dgram|dns\/promises)$|node_modules/;
    expect(loaded).toContain('NativeModule net');
    expect(loaded.filter((name) => unwanted.test(name))).toEqual([]);
  });

  test('has a public suffix list all the same', () => {
    const cookies = outputOf(
      `${load}
      const { CookieJar } = await load();
      const jar = new CookieJar();
      for (const domain of ['co.uk', 'example.co.uk', 'github.io'])
        jar.setCookie(domain + '=1; Domain=' + domain, 'https://www.' + domain + '/');
      console.log(JSON.stringify(jar.allCookies().map(({ name }) => name)))`,
    );
    expect(cookies).toEqual(['example.co.uk']);
  });
});
