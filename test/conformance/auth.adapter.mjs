// For ../shared/conformance/auth-run.mjs: our schemes behind the shape that the runner drives.
import { basicScheme, digestScheme, nodeHashes, parseChallenges } from '../../dist/internal.js';

export const meta = { name: 'fairlead' };

export async function digestAuthorization({ challenge, method, uri, username, password, cnonce, nc, body }) {
  const scheme = digestScheme(nodeHashes, () => cnonce);
  const session = scheme.begin(parseChallenges([challenge])[0], { user: username, password });
  const bytes = body === undefined ? null : new TextEncoder().encode(body);
  const outgoing = { method, target: uri, body: bytes && { bytes, length: bytes.length, replayable: true } };
  for (let count = 1; count < Number.parseInt(nc, 16); count++) await session.answer(outgoing);
  return (await session.answer(outgoing)).value;
}

export function basicAuthorization({ username, password, charset }) {
  const [challenge] = parseChallenges([`Basic realm="x"${charset ? `, charset="${charset}"` : ''}`]);
  return basicScheme.begin(challenge, { user: username, password }).answer({}).value;
}
