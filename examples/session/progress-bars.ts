import type { WriteStream } from 'node:tty';

interface Bar {
  readonly label: string;
  done: number;
  total: number;
}

const WIDTH = 28;
const MOST_LINES = 12;

/** Live bars at the bottom of a terminal. On anything else (a pipe, a file) they stay silent. */
export class ProgressBars {
  readonly #out: NodeJS.WriteStream | WriteStream;
  readonly #bars = new Set<Bar>();
  #lines = 0;

  constructor(out: NodeJS.WriteStream | WriteStream) {
    this.#out = out;
  }

  /** Adds a bar. The returned functions move it and take it away. */
  add(label: string): {
    readonly update: (done: number, total: number) => void;
    readonly remove: () => void;
  } {
    const bar: Bar = { label, done: 0, total: -1 };
    this.#bars.add(bar);
    return {
      update: (done, total) => {
        bar.done = done;
        bar.total = total;
        this.#draw();
      },
      remove: () => {
        this.#bars.delete(bar);
        this.#draw();
      },
    };
  }

  #draw(): void {
    if (!this.#out.isTTY) return;
    const moving = [...this.#bars].filter((bar) => bar.done > 0).slice(0, MOST_LINES);
    const up = this.#lines > 0 ? `\x1b[${this.#lines}A` : '';
    this.#out.write(`${up}\x1b[J${moving.map((bar) => `${render(bar)}\n`).join('')}`);
    this.#lines = moving.length;
  }
}

function render({ label, done, total }: Bar): string {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const filled = Math.round(share * WIDTH);
  const amount = total > 0 ? `${Math.round(share * 100)} %` : `${done} bytes`;
  return `${label.padEnd(20).slice(0, 20)} ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${amount}`;
}
