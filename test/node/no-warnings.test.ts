import { expect, test } from 'vitest';
import { Http2Bench, hello } from '../support/http2-bench.ts';

const bench = new Http2Bench();

test('Node has nothing to warn of when a request goes over HTTP/2', async () => {
  const warnings: string[] = [];
  const keep = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', keep);
  await bench.start(hello);
  await bench.get();
  await bench.get('/', { method: 'POST' });
  process.off('warning', keep);
  expect(warnings).toEqual([]);
});
