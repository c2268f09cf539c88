/**
 * Lines of a text that comes in pieces. A line ends with LF, CR or CRLF, which may be split between two pieces; it is told
 * as soon as its first end character is there. Linear: each piece is looked through once.
 */
export class LineSplitter {
  readonly #limit: number;
  /** Pieces of the line that has not ended, and the characters in them. */
  #rest: string[] = [];
  #length = 0;
  /** The last piece ended with CR: an LF that follows belongs to it. */
  #isAfterReturn = false;

  /** @param limit most characters of a line */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The lines that end in this piece.
   * @throws RangeError when one is longer than it may be
   */
  *push(piece: string): Generator<string, void, undefined> {
    let start = this.#isAfterReturn && piece[0] === '\n' ? 1 : 0;
    if (piece !== '') this.#isAfterReturn = piece.endsWith('\r');
    for (let end = lineEnd(piece, start); end < piece.length; end = lineEnd(piece, start)) {
      const line = this.#take(piece.slice(start, end));
      start = end + (piece[end] === '\r' && piece[end + 1] === '\n' ? 2 : 1);
      yield line;
    }
    this.#keep(piece.slice(start));
  }

  /** What comes after the last line end, or null when nothing does. */
  end(): string | null {
    return this.#length === 0 ? null : this.#take('');
  }

  #keep(piece: string): void {
    if (piece === '') return;
    this.#length += piece.length;
    if (this.#length > this.#limit) throw new RangeError(`a line is longer than ${this.#limit} characters`);
    this.#rest.push(piece);
  }

  #take(last: string): string {
    this.#keep(last);
    const line = this.#rest.join('');
    this.#rest = [];
    this.#length = 0;
    return line;
  }
}

/** Index of the next CR or LF, or the end. */
function lineEnd(text: string, from: number): number {
  LINE_END.lastIndex = from;
  return LINE_END.exec(text)?.index ?? text.length;
}

const LINE_END = /[\r\n]/g;
