import type { NetworkReply } from 'fairlead';

/** One finished request, as the table shows it. */
export interface Row {
  readonly label: string;
  readonly reply: NetworkReply;
  readonly bytes: number;
  /** What its reader met, or else the reply's error; null when all went well. */
  readonly failure: unknown;
  /** A failure that is part of the demonstration. */
  readonly expected: boolean;
}

const HEADINGS = ['request', 'url', 'result', 'bytes', 'queue', 'first byte', 'total ms'];

/** The rows as text with aligned columns; numbers to the right. */
export function renderTable(rows: readonly Row[]): string {
  const cells = [HEADINGS, ...rows.map(toCells)];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

function toCells({ label, reply, bytes, failure }: Row): string[] {
  const { timings } = reply;
  const span = (from: number, to: number): string => (from > 0 && to >= from ? String(to - from) : '–');
  return [
    label,
    shorten(reply.url, 52),
    outcome(reply, failure),
    String(bytes),
    timings === null ? '–' : span(timings.created, timings.dequeued),
    timings === null ? '–' : span(timings.created, timings.responseStart),
    timings === null ? '–' : span(timings.created, timings.responseEnd),
  ];
}

/** The status, or the code of what went wrong without one. */
function outcome(reply: NetworkReply, failure: unknown): string {
  const { code } = (failure ?? {}) as { readonly code?: string };
  return code === undefined || reply.error?.status !== undefined ? String(reply.status || 'ok') : code;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** One line below the table. */
export function summarise(rows: readonly Row[], elapsedMs: number): string {
  const failed = rows.filter((row) => row.failure !== null);
  const intended = failed.filter((row) => row.expected).length;
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const failures =
    intended === 0 ? `${failed.length} failed` : `${failed.length} failed (${intended} on purpose)`;
  return `${rows.length} requests, ${failures}, ${bytes} bytes in ${elapsedMs} ms`;
}
