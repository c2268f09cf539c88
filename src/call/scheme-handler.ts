import type { Call } from './call.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';

/**
 * Answers requests of one scheme. `http` and `https` are such a handler (the list of stages over the transport), so are
 * `data` and `file`, and so is what an application adds under `schemes`.
 */
export interface SchemeHandler {
  /**
   * @returns a response; a WHATWG Response is accepted too, so that a handler can be one line
   * @throws NetworkError (anything else becomes unknown-content with the thrown value as cause)
   */
  open(request: HttpRequest, call: Call): Promise<HttpResponse | Response> | HttpResponse | Response;
}
