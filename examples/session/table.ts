import type { NetworkReply } from 'fairlead';

/** One finished request, as the table shows it. */
export interface Row {
  readonly label: string;
  readonly reply: NetworkReply;
  readonly bytes: number;
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

function toCells({ label, reply, bytes }: Row): string[] {
  const { timings } = reply;
  const span = (from: number, to: number): string => (from > 0 && to >= from ? String(to - from) : '–');
  return [
    label,
    shorten(reply.url, 52),
    reply.error?.status === undefined && reply.error !== null
      ? reply.error.code
      : String(reply.status || 'ok'),
    String(bytes),
    timings === null ? '–' : span(timings.created, timings.dequeued),
    timings === null ? '–' : span(timings.created, timings.responseStart),
    timings === null ? '–' : span(timings.created, timings.responseEnd),
  ];
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** One line below the table. */
export function summarise(rows: readonly Row[], elapsedMs: number): string {
  const failed = rows.filter((row) => row.reply.error !== null);
  const intended = failed.filter((row) => row.expected).length;
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const failures =
    intended === 0 ? `${failed.length} failed` : `${failed.length} failed (${intended} on purpose)`;
  return `${rows.length} requests, ${failures}, ${bytes} bytes in ${elapsedMs} ms`;
}
