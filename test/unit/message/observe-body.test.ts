import { describe, expect, test } from 'vitest';
import { NetworkError } from '../../../src/error.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import { observeBody } from '../../../src/message/observe-body.ts';

const failure = new NetworkError('remote-host-closed', 'gone');

/** A body that is driven by hand, an observer and a reader that write down what they hear. */
function setup() {
  const log: string[] = [];
  let sink!: BodySink;
  const body: ResponseBody = {
    start: (to) => {
      sink = to;
    },
    pause: () => log.push('body pause'),
    resume: () => log.push('body resume'),
    cancel: (reason) => log.push(`body cancel ${reason.code}`),
  };
  const observed = observeBody(body, {
    data: () => log.push('seen'),
    paused: (paused) => log.push(paused ? 'reader stopped' : 'reader goes on'),
    done: () => log.push('done'),
  });
  observed.start({
    data: (chunk, lent) => log.push(`data ${chunk.length} ${lent}`),
    end: (trailers) => log.push(`end ${trailers}`),
    fail: (error) => log.push(`fail ${error.code}`),
  });
  return { log, observed, sink };
}

describe('observeBody', () => {
  test('passes chunks on and tells of the end first', () => {
    const { log, sink } = setup();
    sink.data(new Uint8Array(3), true);
    sink.end(null);
    expect(log).toEqual(['seen', 'data 3 true', 'done', 'end null']);
  });

  test('tells of a failure first', () => {
    const { log, sink } = setup();
    sink.fail(failure);
    expect(log).toEqual(['done', 'fail remote-host-closed']);
  });

  test('tells of a cancelled body once, whatever follows', () => {
    const { log, observed } = setup();
    observed.cancel(failure);
    observed.cancel(failure);
    expect(log.filter((line) => line === 'done')).toEqual(['done']);
    expect(log[1]).toBe('body cancel remote-host-closed');
  });

  test('tells of changes between stopping and going on, not of repetitions', () => {
    const { log, observed } = setup();
    observed.pause();
    observed.pause();
    observed.resume();
    observed.resume();
    expect(log.filter((line) => line.startsWith('reader'))).toEqual(['reader stopped', 'reader goes on']);
    expect(log.filter((line) => line.startsWith('body'))).toEqual(['body pause', 'body resume']);
  });

  test('does not tell of a reader that stops after the end', () => {
    const { log, observed, sink } = setup();
    sink.end(null);
    observed.pause();
    expect(log).not.toContain('reader stopped');
  });
});
