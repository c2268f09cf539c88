import type { Decoder, DecoderSink, Decoders, Format } from '../../src/decoding/decoder.ts';

/** A decoder that writes down what it is told, and says what the test wants through its sink. */
export interface FakeDecoder {
  readonly format: Format;
  readonly sink: DecoderSink;
  readonly log: string[];
  /** What `write` returns. */
  takesMore: boolean;
}

/** Decoders by hand: `made` has those that were created, in order. */
export function fakeDecoders(
  decodeWhole: Decoders['decodeWhole'] = () => null,
): Decoders & { readonly made: FakeDecoder[] } {
  const made: FakeDecoder[] = [];
  return {
    made,
    codings: ['br', 'gzip', 'deflate'],
    decodeWhole,
    create(format, sink): Decoder {
      const fake: FakeDecoder = { format, sink, log: [], takesMore: true };
      made.push(fake);
      return {
        write: (chunk) => {
          fake.log.push(`write ${chunk.join(' ')}`);
          return fake.takesMore;
        },
        end: () => fake.log.push('end'),
        pause: () => fake.log.push('pause'),
        resume: () => fake.log.push('resume'),
        destroy: () => fake.log.push('destroy'),
      };
    },
  };
}
