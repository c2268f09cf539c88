import type { ServerResponse } from 'node:http';
import { type BuildOptions, build } from 'esbuild';
import type { Plugin } from 'vite';

const root = new URL('../..', import.meta.url).pathname;

/** A script, by its path or as text, and all that it imports, as a project would bundle it. */
export async function bundled(
  program: string | Pick<BuildOptions, 'stdin'>,
  format: 'esm' | 'iife',
): Promise<string> {
  const { outputFiles } = await build({
    ...(typeof program === 'string' ? { entryPoints: [root + program] } : program),
    bundle: true,
    format,
    write: false,
    alias: {
      fairlead: `${root}platform/browser/index.ts`,
      'fairlead/browser': `${root}platform/browser/extras.ts`,
    },
    tsconfigRaw: {},
  });
  return outputFiles[0]!.text;
}

type Page = readonly [type: string, content: string];

const document = (title: string): Page => [
  'text/html',
  `<!doctype html><title>${title}</title><script type=module src=page.js></script><img src=picture.svg>`,
];

/** What the site has under `/example/ID/`, by the path behind that. `new/` is a document at the end of a redirect. */
const SITE: Readonly<Record<string, Page>> = {
  '': document('home'),
  'page.js': ['text/javascript', `import { part } from './part.js'; globalThis.ran = part;`],
  'part.js': ['text/javascript', `export const part = import.meta.url;`],
  'picture.svg': ['image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>`],
  'new/': document('moved here'),
  'new/page.js': [
    'text/javascript',
    `import { part } from './part.js'; globalThis.ran = part; import('../moved.js');`,
  ],
  'new/part.js': ['text/javascript', `export const part = import.meta.url;`],
  'new/moved.js': ['text/javascript', `import { part } from './part.js'; globalThis.moved = part;`],
  'bare.html': ['text/html', '<!doctype html><title>bare</title>'],
};

const REDIRECTS: Readonly<Record<string, string>> = { old: 'new/', 'moved.js': 'new/moved.js' };

/**
 * The site of the example, as often as it is asked for: `/example/ID/…`, with `classic.js` and `module.js` as its service
 * worker. `/example/ID/offline` takes its server away: every later request of it loses its connection.
 */
export function exampleSite(): Plugin {
  const scripts = new Map<string, Promise<string>>();
  const offline = new Set<string>();
  const script = (format: 'esm' | 'iife'): Promise<string> => {
    const known = scripts.get(format) ?? bundled('examples/service-worker/worker.ts', format);
    scripts.set(format, known);
    return known;
  };
  const answer = async (id: string, path: string, body: AsyncIterable<Buffer>, response: ServerResponse) => {
    if (offline.has(id)) return response.socket?.destroy();
    if (path === 'offline') offline.add(id);
    if (path === 'posted') {
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return response.end(Buffer.concat(chunks));
    }
    const to = REDIRECTS[path];
    if (to !== undefined) return response.writeHead(302, { Location: `/example/${id}/${to}` }).end();
    const [type, content] =
      path === 'classic.js' || path === 'module.js'
        ? ['text/javascript', await script(path === 'module.js' ? 'esm' : 'iife')]
        : (SITE[path] ?? ['text/plain', path]);
    // With its length: what WebKit passes without one may have been cut off, and is not kept.
    const fields = { 'Content-Length': Buffer.byteLength(content), 'Cache-Control': 'max-age=0' };
    response.writeHead(200, { 'Content-Type': type, ...fields }).end(content);
  };
  return {
    name: 'example-site',
    configureServer({ middlewares }) {
      middlewares.use('/example', (request, response, next) => {
        const [, id = '', ...path] = request.url!.replace(/\?.*/, '').split('/');
        answer(id, path.join('/'), request, response).catch(next);
      });
    },
  };
}
