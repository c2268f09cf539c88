import type { Duplex } from 'node:stream';

type Callback = (error?: Error | null) => void;

/** How long the answer may take that stands behind a write that has failed, milliseconds. */
export const ANSWER_WAIT = 1000;

/**
 * Keeps what a socket has received readable when it cannot be written to any more. Node destroys a socket at the first
 * write that fails, and with it the answer of a server that refuses an upload early: it closes, the rest of the upload
 * meets a reset, and the response lies unread behind it (RFC 9112 §9.5, §9.6).
 *
 * A write that fails is never done then, so nothing further is written; the end of what is received tells the rest.
 *
 * @param onFailure called once, with the error of the write
 * @returns what takes it back
 */
export function survivesWriteFailure(socket: Duplex, onFailure: (error: Error) => void): () => void {
  let hasFailed = false;
  const guard =
    (done: Callback): Callback =>
    (error) => {
      if (!error) {
        done();
        return;
      }
      if (hasFailed) return;
      hasFailed = true;
      onFailure(error);
    };
  const { _write, _writev } = socket;
  socket._write = (chunk, encoding, done) => {
    _write.call(socket, chunk, encoding, guard(done));
  };
  // Of a stream that is no socket it is null.
  if (typeof _writev === 'function') {
    socket._writev = (chunks, done) => {
      _writev.call(socket, chunks, guard(done));
    };
  }
  return () => {
    socket._write = _write;
    if (typeof _writev === 'function') socket._writev = _writev;
  };
}
