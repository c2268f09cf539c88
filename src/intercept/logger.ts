import { type Checks, checkOptions, FUNCTION, TRUTH } from '../checks/checker.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { Interceptor } from '../options/interceptor.ts';

/** What {@link logger} tells, and where. */
export interface LoggerOptions {
  /** Takes each line. Default: `console.log`. */
  readonly log?: ((line: string) => void) | undefined;
  /** Fields are told, too; those that carry secrets without their values. Default: false. */
  readonly headers?: boolean | undefined;
}

const CHECKS: Checks<LoggerOptions> = { log: FUNCTION, headers: TRUTH };

/**
 * An interceptor that tells each request and what came of it, in a line each. In `interceptors` it tells of calls, in
 * `networkInterceptors` of every attempt and hop. URLs are told without credentials and query, which may be secret.
 */
export function logger(options: LoggerOptions = {}): Interceptor {
  const { log = (line: string) => console.log(line), headers: tellsFields = false } = checkOptions(
    'logger',
    options,
    CHECKS,
  );
  const fields = (headers: HttpHeaders): string => (tellsFields ? ` ${JSON.stringify(headers)}` : '');
  return async (request, next, { clock }) => {
    const name = `${request.method} ${request.url.split('?', 1)[0]}`;
    const began = clock.monotonic();
    const since = (): string => `${Math.round(clock.monotonic() - began)} ms`;
    log(`→ ${name}${fields(request.headers)}`);
    try {
      const response = await next(request);
      log(`← ${name} ${response.status} after ${since()}${fields(response.headers)}`);
      return response;
    } catch (error) {
      log(`× ${name} ${(error as { code?: string }).code ?? String(error)} after ${since()}`);
      throw error;
    }
  };
}
