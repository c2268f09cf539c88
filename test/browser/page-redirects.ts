import type { Plugin } from 'vite';

/** Lets pages be redirected from their own origin: `/redirect-to?URL` answers 302. */
export function pageRedirects(): Plugin {
  return {
    name: 'page-redirects',
    configureServer({ middlewares }) {
      middlewares.use('/redirect-to', (request, response) => {
        const [, target = ''] = request.url!.split('?');
        response.writeHead(302, { Location: decodeURIComponent(target) }).end('moved');
      });
    },
  };
}
