// For ../shared/conformance/auth-run.mjs: our schemes behind the shape that the runner drives.
import {
  basicScheme,
  digestScheme,
  lmResponseOf,
  nodeHashes,
  ntHash,
  ntProof,
  parseChallenges,
  responseKey,
} from '../../dist/internal.js';

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

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const bytes = (text) => new Uint8Array(Buffer.from(text, 'hex'));

export const ntowfv1 = (password) => hex(ntHash(password));

export function ntlmv2({ user, domain, password, ...row }) {
  const key = responseKey({ user, domain, password });
  const [serverChallenge, clientChallenge] = [row.serverChallenge, row.clientChallenge].map(bytes);
  const [time, targetInfo] = [row.timestamp, row.targetInfo].map(bytes);
  const { proof, sessionKey } = ntProof(key, { serverChallenge, clientChallenge, time, targetInfo });
  return {
    ntowfv2: hex(key),
    ntProofStr: hex(proof),
    lmv2: hex(lmResponseOf(key, serverChallenge, clientChallenge)),
    sessionBaseKey: hex(sessionKey),
  };
}
