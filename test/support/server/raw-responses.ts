import type { Socket } from 'node:net';
import { LATE_SURPLUS, RAW_RESPONSES } from '../../suites/transport/raw-responses.ts';
import { reset } from '../raw-server.ts';

/** Milliseconds after which the bytes before it were read for sure, or at least for all we know. */
const LATER = 50;

/** Answers `GET /NAME` with the response of that name; `?end` closes the connection after it in any case. */
export function serveRawResponse(socket: Socket, head: string): void {
  const [, target = '/'] = head.split(' ');
  const { pathname, searchParams } = new URL(target, 'http://test.invalid');
  const name = pathname.slice(1);
  if (name === 'late-surplus') {
    socket.write(LATE_SURPLUS.bytes);
    setTimeout(() => socket.write(LATE_SURPLUS.late), LATER);
    return;
  }
  const raw = RAW_RESPONSES.get(name);
  if (raw === undefined) throw new Error(`there is no raw response ${name}`);
  socket.write(raw.bytes, 'latin1', () => {
    if (raw.ending === 'end' || searchParams.has('end')) socket.end();
    // A reset overtakes bytes that the peer has not read yet.
    if (raw.ending === 'reset') setTimeout(() => reset(socket), LATER);
  });
}
