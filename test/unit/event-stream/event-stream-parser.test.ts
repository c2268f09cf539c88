import { describe, expect, test } from 'vitest';
import { EventStreamParser, type ServerSentEvent } from '../../../src/event-stream/event-stream-parser.ts';

/** Lines are separated by LF here; other ends are the line splitter's. */
function eventsOf(stream: string, parser = new EventStreamParser(1000)): ServerSentEvent[] {
  const lines = stream.split('\n').slice(0, -1);
  return lines.map((line) => parser.push(line)).filter((event) => event !== null);
}

const message = (data: string, lastEventId = '', type = 'message') => ({ type, data, lastEventId });

// After the format tests of WPT's eventsource.
describe('an event stream', () => {
  test.each<[string, string, ServerSentEvent[]]>([
    ['one line of data', 'data: a\n\n', [message('a')]],
    ['several are joined', 'data: a\ndata:b\ndata\n\n', [message('a\nb\n')]],
    ['a field without a colon is an empty one', 'data\n\n', [message('')]],
    ['two empty ones', 'data\ndata\n\n', [message('\n')]],
    ['only one space is dropped', 'data:  a\ndata:\tb\n\n', [message(' a\n\tb')]],
    ['a space before the colon is part of the name', 'data :a\n\n', []],
    ['names have one case', 'DATA: a\nData: b\n\n', []],
    ['comments', ':\n: a\ndata: b\n:data: c\n\n', [message('b')]],
    ['an unknown field', 'ðata: a\ndata: b\nfoo: c\n\n', [message('b')]],
    ['an event that the end of the stream cuts', 'data: a\n\ndata: b\n', [message('a')]],
    ['no data, no event, and its type is forgotten', 'event: x\n\ndata: a\n\n', [message('a')]],
    ['a type', 'event: x\ndata: a\n\ndata: b\n\n', [message('a', '', 'x'), message('b')]],
    ['an empty type', 'event:\ndata: a\n\n', [message('a')]],
    ['the last type of an event counts', 'event: x\nevent: y\ndata: a\n\n', [message('a', '', 'y')]],
    ['an id stays', 'id: 1\ndata: a\n\ndata: b\n\n', [message('a', '1'), message('b', '1')]],
    ['an empty id resets it', 'id: 1\ndata: a\n\nid\ndata: b\n\n', [message('a', '1'), message('b')]],
    ['an id with NUL is none', 'id: 1\nid: 2\0\ndata: a\n\n', [message('a', '1')]],
    ['NUL in the data', 'data: a\0b\n\n', [message('a\0b')]],
    ['a byte order mark within', 'data: a\n\n\ufeffdata: b\n\n', [message('a')]],
  ])('%s', (_, stream, events) => expect(eventsOf(stream)).toEqual(events));

  test.each([
    ['retry: 10', 10],
    ['retry:10', 10],
    ['retry', null],
    ['retry: ', null],
    ['retry: 1x', null],
    ['retry: -1', null],
    ['retry: 1.5', null],
    ['retry: ٣', null],
    ['Retry: 10', null],
  ])('%s', (line, retry) => {
    const parser = new EventStreamParser(1000);
    parser.push(line);
    expect(parser.retry).toBe(retry);
  });

  test('an id counts for the next request once its event is whole, with data or without', () => {
    const parser = new EventStreamParser(1000, 'before');
    parser.push('id: 1');
    expect(parser.lastEventId).toBe('before');
    parser.push('');
    expect(parser.lastEventId).toBe('1');
  });

  test('an event has limits', () => {
    const parser = new EventStreamParser(10);
    parser.push('data: 12345');
    expect(() => parser.push('data: 12345')).toThrow('an event has more than 10 characters of data');
    expect(eventsOf('data: 123456789\n\ndata: 123456789\n\n', new EventStreamParser(10))).toHaveLength(2);
    expect(() => new EventStreamParser(10).push('data: 1234567890')).toThrow(RangeError);
  });
});
