import { isCount, recordJudge } from '../../storage/record.ts';
import * as z from '../../storage/zod.ts';
import { METADATA_VERSION, type ResponseMetadata } from './metadata.ts';

/** Guards what comes from a disk or a database: null for what is not the metadata of a response. */
export const metadataFromRecord: (record: unknown) => ResponseMetadata | null = recordJudge(() => {
  const count = z.number().check(z.refine(isCount));
  const isEven = (list: readonly unknown[]): boolean => list.length % 2 === 0;
  return z.object({
    version: z.literal(METADATA_VERSION),
    url: z.string(),
    status: count,
    reason: z.string(),
    httpVersion: z.string(),
    headers: z.array(z.string()).check(z.refine(isEven)),
    selecting: z
      .array(z.nullable(z.string()))
      .check(z.refine((list) => isEven(list) && list.every((item, i) => item !== null || i % 2 === 1))),
    credentials: z.string(),
    requestTime: z.number(),
    responseTime: z.number(),
    encrypted: z.boolean(),
    part: z.nullable(
      z.object({ first: count, total: count }).check(z.refine(({ first, total }) => first < total)),
    ),
    fidelity: z.enum(['exact', 'decoded', 'filtered']),
    outdated: z.exactOptional(z.literal(true)),
  });
});
