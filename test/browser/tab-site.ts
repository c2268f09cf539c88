import type { ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { bundled } from './example-site.ts';
import { FRAME } from './fixtures/frame.ts';

/**
 * Pages for tabs of their own, under `/tab/`: `page` and `leader` are asked by whoever has opened them
 * (`fixtures/tab-page.ts`, `fixtures/leader-page.ts`). They load nothing of Vite, whose connection would keep them out of the
 * back-forward cache.
 */
export function tabSite(): Plugin {
  const asked = new Map<string, number>();
  /** Responses of which half has come. */
  const held = new Map<string, ServerResponse>();
  const scripts = new Map<string, Promise<string>>();
  const script = (name: string): Promise<string> => {
    const known = scripts.get(name) ?? bundled(`test/browser/fixtures/${name}.ts`, 'iife');
    scripts.set(name, known);
    return known;
  };
  const answer = async (path: string, query: string, cookies: string, response: ServerResponse) => {
    if (path.endsWith('.js')) {
      response.setHeader('Content-Type', 'text/javascript').end(await script(path.slice(1, -3)));
    } else if (path === '/page' || path === '/leader') {
      const name = path === '/page' ? 'tab-page' : 'leader-page';
      const content = `<!doctype html><title>tab</title><script src=${name}.js></script>`;
      response.setHeader('Content-Type', 'text/html').end(content);
    } else if (path === '/frame') {
      const fields = query === '' ? {} : { 'Content-Security-Policy': decodeURIComponent(query) };
      response.writeHead(200, { 'Content-Type': 'text/html', ...fields }).end(FRAME);
    } else if (path === '/echo') {
      response.end(cookies);
    } else if (path === '/fields') {
      const [, name = '', value = ''] = /^field=(.*?):(.*)/.exec(decodeURIComponent(query)) ?? [];
      response.setHeader(name, value).end('fields');
    } else if (path === '/slow') {
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 8 }).write('slow');
      held.set(query, response);
    } else if (path === '/release') {
      held.get(query)?.end('ness');
      held.delete(query);
      response.end();
    } else if (path === '/evict') {
      // The browser itself removes what the origin has stored, and closes what is open of it.
      response.writeHead(200, { 'Clear-Site-Data': '"storage"', 'Content-Length': '0' }).end();
    } else {
      // How often that has been asked for, which caches may keep.
      const times = (asked.get(query) ?? 0) + 1;
      asked.set(query, times);
      const fields = { 'Content-Length': String(times).length, 'Cache-Control': 'max-age=1000' };
      response.writeHead(200, { 'Content-Type': 'text/plain', ...fields }).end(String(times));
    }
  };
  return {
    name: 'tab-site',
    configureServer({ middlewares }) {
      middlewares.use('/tab', (request, response, next) => {
        const [path = '', query = ''] = request.url!.split('?');
        answer(path, query, request.headers.cookie ?? '', response).catch(next);
      });
    },
  };
}
