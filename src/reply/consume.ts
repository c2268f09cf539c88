import { NetworkError } from '../error.ts';
import { conform } from './conform.ts';

/** The part of Standard Schema v1 (https://standardschema.dev) that a reply uses: zod, valibot, arktype have it. */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** @throws NetworkError unknown-content when the text is not JSON or does not fit the schema */
export async function parseJson<Output>(
  text: string,
  url: string,
  schema: StandardSchema<Output> | undefined,
): Promise<Output> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new NetworkError('unknown-content', `the reply of ${url} is not JSON`, { url, cause });
  }
  return schema === undefined ? (value as Output) : conform(value, url, schema);
}
