import { createServer as createHttpServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Identity } from './certificate.ts';
import { type Cleanup, portOf } from './listening.ts';

export interface TestProxy {
  readonly port: number;
  /** `http://127.0.0.1:PORT` or `https:`. */
  readonly url: string;
  /** Of each request: its first line and its fields, CONNECT included. */
  readonly seen: { readonly line: string; readonly fields: IncomingMessage['headers'] }[];
  connections: number;
  /** TLS handshakes that have resumed a session. */
  resumed: number;
}

export interface HttpProxyOptions {
  /** Speaks TLS to its clients. */
  readonly identity?: Identity;
  /** `user:password`; others are answered 407. */
  readonly credentials?: string;
  /** Every host is reached here. */
  readonly to?: string;
}

/** A proxy of HTTP that works: absolute form and CONNECT. */
export async function startHttpProxy(cleanup: Cleanup, options: HttpProxyOptions = {}): Promise<TestProxy> {
  const { identity, credentials, to } = options;
  const expected = credentials === undefined ? null : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const seen: TestProxy['seen'] = [];
  const note = ({ method, url, headers }: IncomingMessage): void => {
    seen.push({ line: `${method} ${url}`, fields: headers });
  };
  const isWelcome = ({ headers }: IncomingMessage): boolean =>
    expected === null || headers['proxy-authorization'] === expected;
  const server = identity === undefined ? createHttpServer() : createHttpsServer(identity);
  server.on('request', (request, response) => {
    note(request);
    if (!isWelcome(request)) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end('who are you?');
      return;
    }
    const url = new URL(request.url!);
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const target = { host: to ?? url.hostname, port: url.port, path: url.pathname + url.search };
    const onward = httpRequest({ ...target, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end('no way there'));
    request.pipe(onward);
  });
  server.on('connect', (request, near: Socket) => {
    note(request);
    near.on('error', () => {});
    if (!isWelcome(request)) {
      near.end(
        'HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 4\r\n\r\nwho?',
      );
      return;
    }
    const [, host, port] = /^(.*):(\d+)$/.exec(request.url!)!;
    const far = connect(Number(port), to ?? host!.replace(/^\[|\]$/g, ''), () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    far.on('error', () => near.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 12\r\n\r\nno way there'));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  const proxy = await started(cleanup, server, seen);
  const url = `http${identity === undefined ? '' : 's'}://127.0.0.1:${proxy.port}`;
  // The same object: it goes on counting.
  return Object.assign(proxy, { url });
}

async function started(cleanup: Cleanup, server: Server, seen: TestProxy['seen']): Promise<TestProxy> {
  const proxy = { port: 0, url: '', seen, connections: 0, resumed: 0 };
  server.on('connection', () => proxy.connections++);
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.isSessionReused()) proxy.resumed++;
  });
  await cleanup.listen(server);
  proxy.port = portOf(server);
  return proxy;
}

export interface SocksProxyOptions {
  /** `user:password`, of SOCKS5. */
  readonly credentials?: string;
  /** Every host is reached here. */
  readonly to?: string;
  /** The replies to the first requests, in place of a connection. */
  readonly replies?: readonly number[];
}

/** A SOCKS proxy of versions 4a and 5 that works; it notes where it is asked to connect to. */
export async function startSocksProxy(cleanup: Cleanup, options: SocksProxyOptions = {}): Promise<TestProxy> {
  const seen: TestProxy['seen'] = [];
  const replies = [...(options.replies ?? [])];
  const server = createServer((near) => {
    near.on('error', () => {});
    void serveSocks(near).catch(() => near.destroy());
  });
  const proxy = await started(cleanup, server, seen);
  return proxy;

  async function serveSocks(near: Socket): Promise<void> {
    const take = reader(near);
    const [version] = await take(1);
    if (version === 4) return serve4(near, take);
    const [count] = await take(1);
    const methods = await take(count!);
    if (options.credentials !== undefined) {
      if (!methods.includes(2)) {
        near.end(Buffer.from([5, 0xff]));
        return;
      }
      near.write(Buffer.from([5, 2]));
      const [, userLength] = await take(2);
      const user = (await take(userLength!)).toString();
      const [passwordLength] = await take(1);
      const isRight = `${user}:${await take(passwordLength!)}` === options.credentials;
      near.write(Buffer.from([1, isRight ? 0 : 1]));
      if (!isRight) return void near.end();
    } else near.write(Buffer.from([5, 0]));
    const [, , , kind] = await take(4);
    const host =
      kind === 3
        ? (await take((await take(1))[0]!)).toString()
        : kind === 1
          ? [...(await take(4))].join('.')
          : (await take(16)).toString('hex');
    const port = (await take(2)).readUInt16BE();
    seen.push({ line: `5 ${kind} ${host}:${port}`, fields: {} });
    const reply = replies.shift() ?? 0;
    const bound = [1, 0, 0, 0, 0, 0, 0];
    if (reply !== 0) return void near.end(Buffer.from([5, reply, 0, ...bound]));
    join(near, options.to ?? host, port, Buffer.from([5, 0, 0, ...bound]));
  }

  async function serve4(near: Socket, take: Take): Promise<void> {
    await take(1);
    const port = (await take(2)).readUInt16BE();
    const address = [...(await take(4))].join('.');
    const user = await takeText(take);
    const host = address.startsWith('0.0.0.') ? await takeText(take) : address;
    seen.push({ line: `4 ${user} ${host}:${port}`, fields: {} });
    join(near, options.to ?? host, port, Buffer.from([0, 0x5a, 0, 0, 0, 0, 0, 0]));
  }
}

type Take = (size: number) => Promise<Buffer>;

async function takeText(take: Take): Promise<string> {
  let text = '';
  for (let byte = (await take(1))[0]!; byte !== 0; byte = (await take(1))[0]!)
    text += String.fromCharCode(byte);
  return text;
}

function reader(socket: Socket): Take {
  return async (size) => {
    if (size === 0) return Buffer.alloc(0);
    for (;;) {
      const bytes: Buffer | null = socket.read(size);
      if (bytes !== null) return bytes;
      await new Promise<void>((resolve, reject) => {
        socket.once('readable', resolve);
        socket.once('close', () => reject(new Error('closed')));
      });
    }
  };
}

function join(near: Socket, host: string, port: number, granted: Buffer): void {
  const far = connect(port, host, () => {
    near.write(granted);
    near.pipe(far).pipe(near);
  });
  far.on('error', () => near.destroy());
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
}

/** A proxy that answers every connection as the script says, once its first bytes are there. */
export async function startBadProxy(
  cleanup: Cleanup,
  script: (socket: Socket, first: string) => void,
): Promise<{ readonly port: number; readonly url: string; connections: number }> {
  const proxy = { port: 0, url: '', connections: 0 };
  const server = createServer((socket) => {
    proxy.connections++;
    socket.on('error', () => {});
    socket.once('data', (bytes) => script(socket, bytes.toString('latin1')));
  });
  await cleanup.listen(server);
  proxy.port = portOf(server);
  proxy.url = `http://127.0.0.1:${proxy.port}`;
  return proxy;
}

/** A script of a bad proxy: it says this, whatever it is asked. */
export function say(text: string): (socket: Socket) => void {
  return (socket) => void socket.write(text, 'latin1');
}
