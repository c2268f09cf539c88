import type { HopHead } from '../call/reply-event.ts';
import type { HttpRequest } from '../call/request.ts';
import { ERROR_BODY_LIMIT, NetworkError } from '../error.ts';
import { HttpHeaders } from '../message/headers.ts';
import { encodeUtf8 } from '../util/bytes.ts';
import { openFields } from '../util/redaction.ts';
import { requestName } from './error-sentence.ts';

/** The part of Standard Schema v1 (https://standardschema.dev) that a reply uses: zod, valibot, arktype have it. */
export interface StandardSchema<Output> {
  /** What a validator offers to others: https://standardschema.dev */
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** The reply whose body is JSON, or should be. */
export interface JsonSource {
  readonly request: HttpRequest;
  readonly url: string;
  readonly head: HopHead | null;
}

/** @throws NetworkError unknown-content, with status, fields and the first bytes, when the text is no JSON or does not fit the schema */
export async function parseJson<Output>(
  text: string,
  source: JsonSource,
  schema: StandardSchema<Output> | undefined,
): Promise<Output> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw jsonError(source, text, `is not JSON: ${(cause as Error).message}`, cause);
  }
  if (schema === undefined) return value as Output;
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(({ message }) => message).join('; ');
  throw jsonError(source, text, `does not fit its schema: ${issues}`, result.issues);
}

function jsonError(
  { request, url, head }: JsonSource,
  text: string,
  what: string,
  cause: unknown,
): NetworkError {
  const name = requestName(request.method, url);
  const fields =
    head === null ? [] : openFields(HttpHeaders.adopt(head.headers), request.options.secretHeaders);
  const type = fields.find(([field]) => field === 'content-type')?.[1] ?? 'no Content-Type';
  return new NetworkError(
    'unknown-content',
    `${name} was answered ${head?.status ?? 0} with a body (${type}) that ${what}`,
    {
      url,
      status: head?.status,
      headers: fields,
      body: encodeUtf8(text.slice(0, ERROR_BODY_LIMIT)).slice(0, ERROR_BODY_LIMIT),
      cause,
    },
  );
}
