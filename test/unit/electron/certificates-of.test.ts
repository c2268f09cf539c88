/** `certificatesOf` over a session and a net that are acted out. What a real one says is in test/electron. */
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { certificatesOf, type ElectronVerifyProc } from '../../../platform/electron/main.ts';

const ROOT = { data: 'ROOT PEM', issuerName: 'Root' };
const LEAF = {
  data: 'LEAF PEM',
  issuerName: 'Middle',
  issuerCert: { data: 'MIDDLE PEM', issuerName: 'Root', issuerCert: ROOT },
};

/** A Chromium that says that of each host, or nothing, and gives that event then. */
function chromium(
  verdicts: Readonly<Record<string, string>>,
  event: 'response' | 'redirect' | string = 'response',
) {
  const procs: (ElectronVerifyProc | null)[] = [];
  const asked: Record<string, unknown>[] = [];
  const session = { setCertificateVerifyProc: (proc: ElectronVerifyProc | null) => procs.push(proc) };
  const net = {
    request(options: Record<string, unknown>) {
      asked.push(options);
      const request = Object.assign(new EventEmitter(), { setHeader() {}, abort() {}, end });
      function end(): void {
        const { hostname } = new URL(String(options.url));
        const verdict = verdicts[hostname];
        if (verdict !== undefined)
          procs.at(-1)?.({ hostname, verificationResult: verdict, validatedCertificate: LEAF }, (result) =>
            expect(result).toBe(-3),
          );
        if (event === 'silence') return;
        if (event.startsWith('net::')) request.emit('error', new Error(event));
        else request.emit(event, Object.assign(new EventEmitter(), {}));
      }
      return request;
    },
  };
  return { procs, asked, session, net: net as never };
}

test('the authorities of servers stand beside the bundled ones, each once', async () => {
  const { session, net, procs, asked } = chromium({ 'a.test': 'net::OK', 'b.test': 'OK' });
  const ca = await certificatesOf(session, { net, origins: ['https://a.test', 'https://b.test:8443'] });
  expect(ca).toEqual(['bundled', 'ROOT PEM']);
  expect(procs.at(-1)).toBeNull();
  for (const options of asked)
    expect(options).toMatchObject({ method: 'HEAD', credentials: 'omit', redirect: 'manual', session });
});

test('the proc of the session comes back, also when it fails', async () => {
  const { session, net, procs } = chromium(
    { 'a.test': 'net::ERR_CERT_DATE_INVALID' },
    'net::ERR_CERT_DATE_INVALID',
  );
  const verify: ElectronVerifyProc = (_request, callback) => callback(0);
  await expect(certificatesOf(session, { net, origins: ['https://a.test'], verify })).rejects.toMatchObject({
    code: 'ssl-handshake-failed',
    message: expect.stringMatching(/issued by Middle: net::ERR_CERT_DATE_INVALID/),
    url: 'https://a.test',
  });
  expect(procs.at(-1)).toBe(verify);
});

test.each([
  ['response', 'ssl-handshake-failed', /has judged .* before/],
  ['net::ERR_CERT_AUTHORITY_INVALID', 'ssl-handshake-failed', /has judged .* before/],
  ['net::ERR_CONNECTION_REFUSED', 'connection-refused', /refused/],
])('a server of which Chromium tells nothing, and that gives %s', async (event, code, message) => {
  const { session, net } = chromium({}, event);
  await expect(certificatesOf(session, { net, origins: ['https://a.test'] })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test('a server that is silent is given up', async () => {
  const { session, net, procs } = chromium({}, 'silence');
  const asked = certificatesOf(session, { net, origins: ['https://a.test'], timeout: 1 });
  await expect(asked).rejects.toMatchObject({ code: 'timeout' });
  expect(procs.at(-1)).toBeNull();
});

test('what is no https origin is a mistake', async () => {
  const { session, net } = chromium({});
  for (const origins of [[], ['http://a.test'], ['a.test'], 'https://a.test'])
    await expect(certificatesOf(session, { net, origins: origins as never })).rejects.toThrow(/origins/);
});

test('two that ask by one session ask one after the other', async () => {
  const { session, net, procs } = chromium({ 'a.test': 'net::OK', 'b.test': 'net::OK' });
  const verify: ElectronVerifyProc = (_request, callback) => callback(0);
  const asked = ['a', 'b'].map((name) =>
    certificatesOf(session, { net, origins: [`https://${name}.test`], verify }),
  );
  expect(await Promise.all(asked)).toEqual([
    ['bundled', 'ROOT PEM'],
    ['bundled', 'ROOT PEM'],
  ]);
  expect(procs.map((proc) => proc === verify)).toEqual([false, true, false, true]);
});

test('who asks behind one that fails is answered', async () => {
  const { session, net } = chromium({ 'b.test': 'net::OK' });
  const failed = certificatesOf(session, { net, origins: ['https://a.test'] });
  const asked = certificatesOf(session, { net, origins: ['https://b.test'] });
  await expect(failed).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
  expect(await asked).toEqual(['bundled', 'ROOT PEM']);
});
