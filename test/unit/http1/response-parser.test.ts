import { describe, expect, test } from 'vitest';
import { NetworkError } from '../../../src/error.ts';
import type { ResponseHandler } from '../../../src/http1/response-handler.ts';
import { ResponseParser } from '../../../src/http1/response-parser.ts';
import { received, receivedSlowly, refused, wire } from './wire.ts';

/** A parser that writes down its calls, and does what `during` has for one of them. */
function recording(during: Readonly<Record<string, () => void>> = {}): {
  parser: ResponseParser;
  calls: string[];
} {
  const calls: string[] = [];
  const record = (name: string, call: string): void => {
    calls.push(call);
    during[name]?.();
  };
  const handler: ResponseHandler = {
    onInformational: (head) => record('informational', `informational ${head.status}`),
    onHead: (head, framing) => record('head', `head ${head.status} ${framing.kind}`),
    onData: (bytes) => record('data', `data ${String.fromCharCode(...bytes)}`),
    onEnd: (trailers, reusable) => record('end', `end ${trailers?.size ?? 0} ${reusable}`),
  };
  return { parser: new ResponseParser(handler), calls };
}

const THREE = wire('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc');
const EXTRA = 'there are bytes after the end of the message';

describe('one connection, several responses', () => {
  test('are read one after another', () => {
    const { parser, calls } = recording();
    for (let i = 0; i < 3; i++) {
      expect(parser.reusable).toBe(true);
      parser.expect('GET');
      expect(parser.reusable).toBe(false);
      expect(parser.execute(THREE)).toBe(THREE.length);
    }
    expect(calls).toEqual(Array(3).fill(['head 200 length', 'data abc', 'end 0 true']).flat());
  });

  test('the next request may be sent inside onEnd', () => {
    const next: (() => void)[] = [() => parser.expect('HEAD')];
    const { parser, calls } = recording({ end: () => next.pop()?.() });
    parser.expect('GET');
    parser.execute(THREE);
    parser.execute(wire('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n'));
    expect(calls).toEqual(['head 200 length', 'data abc', 'end 0 true', 'head 200 none', 'end 0 true']);
  });

  test('a range of a larger buffer is read, and no more', () => {
    const { parser, calls } = recording();
    parser.expect('GET');
    const buffer = wire('xxHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcyy');
    expect(parser.execute(buffer, 2, buffer.length - 2)).toBe(buffer.length - 2);
    expect(calls).toEqual(['head 200 length', 'data abc']);
  });

  test('content is a view of what was fed', () => {
    const seen: Uint8Array[] = [];
    const nothing = (): void => {};
    const parser = new ResponseParser({
      onInformational: nothing,
      onHead: nothing,
      onData: (bytes) => seen.push(bytes),
      onEnd: nothing,
    });
    parser.expect('GET');
    parser.execute(THREE);
    expect(seen[0]!.buffer).toBe(THREE.buffer);
  });

  test.each([
    ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ])('none after %s', (_name, text) => {
    const { parser, calls } = recording();
    parser.expect('GET');
    parser.execute(wire(text));
    expect(calls).toEqual(['head 200 none', 'end 0 false']);
    expect(parser.reusable).toBe(false);
    expect(() => parser.expect('GET')).toThrow(TypeError);
  });

  test('no request while a response is awaited', () => {
    const { parser } = recording();
    parser.expect('GET');
    expect(() => parser.expect('GET')).toThrow(TypeError);
  });
});

describe('bytes after the end (response desynchronisation)', () => {
  test.each([
    [
      'a second response',
      'GET',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    ],
    ['content after HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'],
    ['content after 204', 'GET', 'HTTP/1.1 204 x\r\nContent-Length: 3\r\n\r\nabc'],
    ['a chunked 304', 'GET', 'HTTP/1.1 304 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['CR without LF', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\rXY'],
    ['LF', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\n'],
    ['nine empty lines', 'GET', `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n${'\r\n'.repeat(9)}`],
    ['after chunked', 'GET', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n0\r\n\r\n'],
  ])('%s', (_name, method, text) => {
    expect(received(text, method)).toMatchObject({ end: 'complete', why: refused(EXTRA) });
    expect(receivedSlowly(text, method)).toMatchObject({ end: 'complete', why: refused(EXTRA) });
  });

  const NEXT = 'HTTP/1.1 204 next\r\n\r\n';
  test.each([
    ['an empty line behind a message', ['HTTP/1.1 204 x\r\n\r\n\r\n', NEXT]],
    ['an empty line by itself', ['HTTP/1.1 204 x\r\n\r\n', '\r\n', NEXT]],
    ['in two parts', ['HTTP/1.1 204 x\r\n\r\n', '\r', '\n', NEXT]],
    ['before the next status line', ['HTTP/1.1 204 x\r\n\r\n', `\r\n\r\n${NEXT}`]],
    ['around the next request', ['HTTP/1.1 204 x\r\n\r\n', '\r', `\n\r\n${NEXT}`]],
  ])('%s is skipped, and answers nothing', (_name, [first, ...rest]) => {
    for (const expectAt of rest.keys()) {
      const { parser, calls } = recording();
      parser.expect('GET');
      parser.execute(wire(first!));
      for (const [index, part] of rest.entries()) {
        if (index === expectAt) {
          expect(parser.reusable).toBe(true);
          parser.expect('GET');
          expect(parser.isAnswered).toBe(false);
        }
        parser.execute(wire(part));
      }
      expect(calls).toEqual(['head 204 none', 'end 0 true', 'head 204 none', 'end 0 true']);
      expect(parser.isAnswered).toBe(true);
    }
  });

  test('in the same read: the response is complete, the connection is not reusable', () => {
    const { parser, calls } = recording({ end: () => expect(() => parser.expect('GET')).toThrow(TypeError) });
    parser.expect('GET');
    expect(() => parser.execute(wire('HTTP/1.1 204 x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'))).toThrow(EXTRA);
    expect(calls).toEqual(['head 204 none', 'end 0 false']);
    expect(parser.reusable).toBe(false);
  });

  test('on an idle connection', () => {
    const { parser, calls } = recording();
    const failure = expect.objectContaining({
      code: 'protocol-failure',
      message: expect.stringContaining(EXTRA),
    });
    expect(() => parser.execute(THREE)).toThrow(failure);
    expect(parser.reusable).toBe(false);
    expect(() => parser.expect('GET')).toThrow(TypeError);
    expect(calls).toEqual([]);
  });
});

describe('informational responses (RFC 9110 §15.2)', () => {
  test('come before the final one', () => {
    const text =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 x\r\n\r\n';
    const outcome = received(text);
    expect(outcome.informational).toEqual(['100 Continue\n', '103 Early Hints\nlink: x\n']);
    expect(outcome).toMatchObject({ head: '1 204 x\n', end: 'complete', why: '' });
    expect(receivedSlowly(text)).toEqual(outcome);
  });

  test('say nothing about framing or persistence', () => {
    const text = 'HTTP/1.1 103 x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nHTTP/1.1 204 x\r\n\r\n';
    expect(received(text)).toMatchObject({ end: 'complete', keepAlive: true, why: '' });
  });

  test('101 that was not asked for is refused', () => {
    const text = 'HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n';
    const why = refused('it switches protocols (101) without being asked');
    expect(received(text)).toMatchObject({ head: null, informational: [], end: 'failed', why });
  });
});

describe('tunnels', () => {
  test.each([
    ['101 that was asked for', 'GET', true, 'HTTP/1.1 101 x\r\nUpgrade: x\r\n\r\n', 'head 101 tunnel'],
    ['CONNECT', 'CONNECT', false, 'HTTP/1.1 200 x\r\nContent-Length: 5\r\n\r\n', 'head 200 tunnel'],
  ])('%s: what follows is left to the other protocol', (_name, method, upgrade, text, head) => {
    const { parser, calls } = recording();
    parser.expect(method, { upgrade });
    const bytes = wire(`${text}other`);
    expect(parser.tunnel).toBe(false);
    expect(parser.execute(bytes)).toBe(text.length);
    expect(parser.execute(bytes, text.length)).toBe(text.length);
    expect(calls).toEqual([head]);
    expect(parser.tunnel).toBe(true);
    expect(parser.reusable).toBe(false);
    expect(() => parser.finish()).not.toThrow();
  });

  test('an upgrade that is not taken up is a response as any other', () => {
    const { parser, calls } = recording();
    parser.expect('GET', { upgrade: true });
    parser.execute(THREE);
    expect(calls).toEqual(['head 200 length', 'data abc', 'end 0 true']);
  });
});

describe('pause', () => {
  const text =
    'HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\nA: b\r\n\r\n';
  const all = ['informational 100', 'head 200 chunked', 'data a', 'data bc', 'end 1 true'];

  test('stops after every callback, and loses nothing', () => {
    const pause = (): void => parser.pause();
    const { parser, calls } = recording({ informational: pause, head: pause, data: pause, end: pause });
    parser.expect('GET');
    const bytes = wire(text);
    let position = 0;
    for (let count = 1; count <= all.length; count++) {
      position = parser.execute(bytes, position);
      expect(calls).toEqual(all.slice(0, count));
    }
    expect(position).toBe(bytes.length);
  });

  test('right after the head leaves the body where it is', () => {
    const { parser, calls } = recording({ head: () => parser.pause() });
    parser.expect('GET');
    expect(parser.execute(THREE)).toBe(THREE.length - 3);
    expect(calls).toEqual(['head 200 length']);
  });

  test('a head without body ends when it is resumed with nothing', () => {
    const { parser, calls } = recording({ head: () => parser.pause() });
    parser.expect('HEAD');
    parser.execute(wire('HTTP/1.1 200 OK\r\n\r\n'));
    expect(calls).toEqual(['head 200 none']);
    expect(parser.reusable).toBe(false);
    parser.execute(new Uint8Array(0));
    expect(calls).toEqual(['head 200 none', 'end 0 true']);
    expect(parser.reusable).toBe(true);
  });
});

describe('the end of the connection', () => {
  const HEAD_MISSING = 'the server closed the connection before the response head ended';
  const BODY_MISSING = 'the server closed the connection before the body ended';
  test.each([
    ['nothing', '', HEAD_MISSING],
    ['part of a status line', 'HTTP/1.1 20', HEAD_MISSING],
    ['no end of the head', 'HTTP/1.1 200 OK\r\nA: b\r\n', HEAD_MISSING],
    ['an informational response only', 'HTTP/1.1 100 x\r\n\r\n', HEAD_MISSING],
    ['less than Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', BODY_MISSING],
    ['nothing of Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n', BODY_MISSING],
  ])('too early: %s', (_name, text, message) => {
    const { parser } = recording();
    parser.expect('GET');
    parser.execute(wire(text));
    const failure = expect.objectContaining({ code: 'remote-host-closed', message });
    expect(() => parser.finish()).toThrow(failure);
    expect(parser.reusable).toBe(false);
  });

  test('ends a body that nothing else delimits', () => {
    const { parser, calls } = recording();
    parser.expect('GET');
    parser.execute(wire('HTTP/1.1 200 OK\r\n\r\nab'));
    parser.execute(wire('c'));
    parser.finish();
    expect(calls).toEqual(['head 200 close', 'data ab', 'data c', 'end 0 false']);
    expect(parser.reusable).toBe(false);
  });

  test('ends a response that was paused before its end', () => {
    const { parser, calls } = recording({ head: () => parser.pause() });
    parser.expect('HEAD');
    parser.execute(wire('HTTP/1.1 200 OK\r\n\r\n'));
    parser.finish();
    expect(calls).toEqual(['head 200 none', 'end 0 false']);
  });

  test('says nothing between two messages, but ends the use of the connection', () => {
    const { parser, calls } = recording();
    parser.finish();
    expect(calls).toEqual([]);
    expect(parser.reusable).toBe(false);
    expect(() => parser.execute(THREE)).toThrow(TypeError);
  });
});

describe('after a failure', () => {
  test('nothing is read any more', () => {
    const { parser, calls } = recording();
    parser.expect('GET');
    expect(() => parser.execute(wire('nonsense\r\n'))).toThrow(NetworkError);
    expect(() => parser.execute(THREE)).toThrow(TypeError);
    expect(() => parser.finish()).not.toThrow();
    expect(calls).toEqual([]);
  });

  test('a handler that throws makes the connection unusable', () => {
    const { parser } = recording({
      head: () => {
        throw new RangeError('of the handler');
      },
    });
    parser.expect('GET');
    expect(() => parser.execute(THREE)).toThrow(RangeError);
    expect(parser.reusable).toBe(false);
  });
});
