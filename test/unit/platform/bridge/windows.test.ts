/** How many bytes may be on their way through a port, and who waits. */
import { expect, test } from 'vitest';
import { PortFlow } from '../../../../platform/bridge/owner/port-flow.ts';
import { UploadCredit } from '../../../../platform/bridge/owner/upload-credit.ts';
import { UploadPass } from '../../../../platform/bridge/owner/upload-pass.ts';
import { PORT_WINDOW, REPLY_WINDOW } from '../../../../platform/bridge/protocol.ts';

test('bodies go on until the window of the port is full, and again when bytes have arrived', () => {
  const flow = new PortFlow(100);
  const told: string[] = [];
  const [a, b] = [() => void told.push('a'), () => void told.push('b')];
  expect(flow.sent(60, a)).toBe(true);
  expect(flow.sent(40, a)).toBe(false);
  expect(flow.mayGoOn(b)).toBe(false);
  expect([flow.received(0), told]).toEqual([true, []]);
  expect([flow.received(10), told]).toEqual([true, ['a', 'b']]);
  expect(flow.mayGoOn(b)).toBe(true);
});

test('who waits no more is not told, and no more can have arrived than was sent', () => {
  const flow = new PortFlow(100);
  const told: string[] = [];
  const a = (): void => void told.push('a');
  flow.sent(150, a);
  flow.forget(a);
  expect(flow.received(151)).toBe(false);
  expect([flow.received(150), told]).toEqual([true, []]);
});

test('so many uploads at once have a window, the others wait for one in their order', () => {
  const credit = new UploadCredit();
  const begun: number[] = [];
  const most = PORT_WINDOW / REPLY_WINDOW;
  const asking = Array.from({ length: most + 3 }, (_, i) => () => void begun.push(i));
  for (const begin of asking) credit.ask(begin);
  expect(begun.length).toBe(most);
  credit.forget(asking[most]!);
  credit.give();
  credit.give();
  credit.give();
  expect(begun.slice(most)).toEqual([most + 1, most + 2]);
});

test('what keeps to its window cannot leave many chunks with the owner, however small they are', async () => {
  const given: number[] = [];
  const voice = {
    open: () => {},
    credit: (_pass: number, bytes: number) => void given.push(bytes),
    close: () => {},
  };
  const pass = new UploadPass(1, voice, new UploadCredit());
  const chunk = (): boolean => pass.chunk(new Uint8Array(1));
  const most = REPLY_WINDOW / 1024;
  for (let sent = 0; sent < most; sent++) expect(chunk()).toBe(true);
  expect(chunk()).toBe(false);
  for (let taken = 0; taken < most; taken++) await pass.next();
  expect(given.reduce((sum, bytes) => sum + bytes, 0)).toBe(REPLY_WINDOW);
  expect(chunk()).toBe(true);
});
