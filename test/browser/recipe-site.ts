import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Plugin } from 'vite';
import { recipe } from '../support/recipes.ts';
import { bundled } from './example-site.ts';

/** Name → words that no other program of docs/recipes.md has. */
const RECIPES: Readonly<Record<string, string>> = {
  download: "download(manager, '/report.pdf')",
  upload: 'uploadProgress: xhrUploads',
};

const REPORT = 'a long report';

/** One run of a recipe: what was put, by its path, and how often the report was asked for. */
interface Run {
  readonly stored: Map<string, { readonly type: string; readonly body: Buffer }>;
  asked: number;
}

/** The program as a page has it, whose sites are this one. */
function script(id: string, name: string): Promise<string> {
  const text = recipe(RECIPES[name]!)
    .replaceAll("'/report.pdf'", `'/recipes/${id}/report.pdf'`)
    .replaceAll('https://files.example', `/recipes/${id}`);
  return bundled({ stdin: { contents: text, loader: 'ts', resolveDir: import.meta.dirname } }, 'esm');
}

/**
 * The recipes for pages, and the site that they ask: `/recipes/ID/NAME.js` and what is beside it. The connection is lost in the
 * middle of the first report; what was put can be got.
 */
export function recipeSite(): Plugin {
  const runs = new Map<string, Run>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, id = '', path = ''] = request.url!.replace(/\?.*/, '').split('/');
    const run = runs.get(id) ?? { stored: new Map(), asked: 0 };
    runs.set(id, run);
    if (request.method === 'PUT') {
      run.stored.set(path, { type: request.headers['content-type']!, body: await buffer(request) });
      response.writeHead(204).end();
    } else if (path === 'report.pdf') report(request, response, run.asked++);
    else if (path === 'film.mp4') response.end('an old film');
    else if (run.stored.has(path)) {
      const { type, body } = run.stored.get(path)!;
      response.setHeader('Content-Type', type).end(body);
    } else {
      response.setHeader('Content-Type', 'text/javascript').end(await script(id, path.replace('.js', '')));
    }
  };
  return {
    name: 'recipe-site',
    configureServer({ middlewares }) {
      middlewares.use('/recipes', (request, response, next) => void answer(request, response).catch(next));
    },
  };
}

function report({ headers }: IncomingMessage, response: ServerResponse, nth: number): void {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const rest = REPORT.slice(from);
  response.writeHead(from > 0 ? 206 : 200, {
    'Content-Type': 'application/pdf',
    'Content-Length': rest.length,
    ETag: '"report"',
    'Accept-Ranges': 'bytes',
    ...(from > 0 && { 'Content-Range': `bytes ${from}-${REPORT.length - 1}/${REPORT.length}` }),
  });
  if (nth === 0) response.write(rest.slice(0, 6), () => response.destroy());
  else response.end(rest);
}
