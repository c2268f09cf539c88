import { DigestVerifier } from '../digest-server.ts';
import type { Route } from './routes.ts';

const ALGORITHMS = ['MD5', 'SHA-256', 'SHA-512-256'];
const account = { user: 'user', password: 'pass', qop: 'auth' };
const verifiers = new Map(
  ALGORITHMS.map((algorithm) => [algorithm, new DigestVerifier({ ...account, algorithm })]),
);

/**
 * `/closed/SHA-256` (or another algorithm of Digest, for user and pass), `/closed/bearer` (for the token `right`),
 * `/closed/basic` (for nobody): what is open to who answers. With `?hidden` pages elsewhere are not shown the challenge.
 */
export const closed: Route = ({ request, response, argument, url }) => {
  const { authorization } = request.headers;
  const verifier = verifiers.get(argument);
  const isLetIn =
    verifier === undefined
      ? argument === 'bearer' && authorization === 'Bearer right'
      : authorization !== undefined &&
        verifier.refusal(authorization, request.method!, request.url!) === null;
  if (!url.searchParams.has('hidden'))
    response.setHeader('Access-Control-Expose-Headers', 'WWW-Authenticate');
  if (isLetIn) {
    response.end('welcome');
    return;
  }
  const challenge = verifier?.challenge() ?? `${argument} realm="closed", error="invalid_token"`;
  response.writeHead(401, { 'WWW-Authenticate': challenge }).end('who?');
};
