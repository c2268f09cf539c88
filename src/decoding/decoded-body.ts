import { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from '../message/body.ts';
import { FlowingBody } from '../message/flowing-body.ts';
import type { HttpHeaders } from '../message/headers.ts';
import { copyBytes } from '../util/bytes.ts';
import { formatOf, isBomb } from './codings.ts';
import type { Coding, Decoder, DecoderSink, Decoders } from './decoder.ts';

/** A body of up to this many bytes that comes in one piece is decoded on the spot … */
const SMALL_INPUT = 16 * 1024;
/** … unless that would give more than this. */
const SMALL_OUTPUT = 128 * 1024;

export interface DecodedBodyInit {
  readonly source: ResponseBody;
  readonly coding: Coding;
  readonly decoders: Decoders;
  /** Bytes of `source`, −1 when unknown. */
  readonly length: number;
  /** HTTP tells the end of `source` from its being cut. */
  readonly isWhole: boolean;
  /** Decoded bytes above which the ratio is checked, see {@link isBomb}. */
  readonly threshold: number;
  /** For the errors. */
  readonly url: string;
}

/**
 * A body with one content coding undone. A reader that pauses stops the decoder, and a decoder that is full stops the
 * network, so little is in memory whatever the ratio.
 *
 * No bytes at all are an empty body in any coding, as in Qt.
 */
export class DecodedBody extends FlowingBody implements BodySink, DecoderSink {
  readonly #init: DecodedBodyInit;
  #decoder: Decoder | null = null;
  #received = 0;
  #decoded = 0;
  #trailers: HttpHeaders | null = null;
  #inputEnded = false;
  #outputEnded = false;
  #decoderFull = false;
  #sourcePaused = false;

  constructor(init: DecodedBodyInit) {
    super();
    this.#init = init;
  }

  data(chunk: Uint8Array, lent: boolean): void {
    // What follows the end of the encoded data has no meaning.
    if (this.isOver || this.#outputEnded || chunk.length === 0) return;
    this.#received += chunk.length;
    if (this.#decodeAtOnce(chunk)) return;
    this.#decoder ??= this.#createDecoder(chunk);
    this.#decoderFull = !this.#decoder.write(lent ? copyBytes(chunk) : chunk);
    this.#regulate();
  }

  end(trailers: HttpHeaders | null): void {
    this.#inputEnded = true;
    this.#trailers = trailers;
    if (this.#decoder === null || this.#outputEnded) this.#end();
    else this.#decoder.end(this.#init.isWhole);
  }

  fail(error: NetworkError): void {
    this.failBody(error);
  }

  decoded(chunk: Uint8Array): void {
    const { coding, threshold } = this.#init;
    this.#decoded += chunk.length;
    if (isBomb(coding, this.#wireBytes, this.#decoded, threshold)) {
      this.#break(
        `grows suspiciously when decoded (${coding}, ${this.#wireBytes} bytes to ${this.#decoded}): a server that is trusted needs the option decompressedSafetyCheckThreshold, see "Bodies that are too large" in docs/recipes.md`,
      );
    } else this.deliver(chunk, false);
  }

  drained(): void {
    this.#decoderFull = false;
    this.#regulate();
  }

  finished(): void {
    this.#outputEnded = true;
    if (this.#inputEnded) this.#end();
    else this.drained();
  }

  broken(cause: unknown): void {
    this.#break(`is not valid ${this.#init.coding}`, cause);
  }

  protected override started(): void {
    this.#regulate();
    this.#init.source.start(this);
  }

  protected flow(): void {
    this.#decoder?.resume();
    this.#regulate();
  }

  protected override halt(): void {
    this.#decoder?.pause();
    this.#regulate();
  }

  protected release(reason: NetworkError): void {
    this.#init.source.cancel(reason);
  }

  protected override finish(): BodySink | null {
    this.#decoder?.destroy();
    return super.finish();
  }

  /** Bytes that the network brought, however many codings lie between. */
  get #wireBytes(): number {
    const { source } = this.#init;
    return source instanceof DecodedBody ? source.#wireBytes : this.#received;
  }

  #decodeAtOnce(chunk: Uint8Array): boolean {
    const { coding, decoders, length } = this.#init;
    if (chunk.length !== length || length > SMALL_INPUT) return false;
    try {
      const bytes = decoders.decodeWhole(formatOf(coding, chunk[0]!), chunk, SMALL_OUTPUT);
      if (bytes === null) return false;
      this.decoded(bytes);
    } catch (cause) {
      this.broken(cause);
    }
    return true;
  }

  #createDecoder(chunk: Uint8Array): Decoder {
    const decoder = this.#init.decoders.create(formatOf(this.#init.coding, chunk[0]!), this);
    if (this.isPaused) decoder.pause();
    return decoder;
  }

  #regulate(): void {
    const stop = this.isPaused || this.#decoderFull;
    if (stop === this.#sourcePaused) return;
    this.#sourcePaused = stop;
    if (stop) this.#init.source.pause();
    else this.#init.source.resume();
  }

  #end(): void {
    this.endBody(this.#trailers);
  }

  #break(what: string, cause?: unknown): void {
    const error = new NetworkError('unknown-content', `the body ${what}`, { url: this.#init.url, cause });
    const sink = this.finish();
    this.#init.source.cancel(error);
    sink?.fail(error);
  }
}
