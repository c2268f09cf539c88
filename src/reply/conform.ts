import { NetworkError } from '../error.ts';
import type { StandardSchema } from './consume.ts';

/**
 * The value as its schema gives it back.
 * @throws NetworkError unknown-content when it does not fit
 */
export async function conform<Output>(
  value: unknown,
  url: string,
  schema: StandardSchema<Output>,
): Promise<Output> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map((issue) => issue.message).join('; ');
  throw new NetworkError('unknown-content', `the reply of ${url} does not fit its schema: ${issues}`, {
    url,
    cause: result.issues,
  });
}
