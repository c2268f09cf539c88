import type { HttpRequest } from '../call/request.ts';

/** What holds for a request however often it is sent: a retry begins its rounds with a server anew, and this goes on. */
export interface PastRounds {
  /** Times that credentials were asked for, or waited for. */
  asked: number;
  /** That of the strongest challenge which was answered: what follows may not be weaker. */
  strength: number;
}

const past = new WeakMap<HttpRequest, PastRounds>();

/** Of a request with its server. A proxy challenges what is sent to it, which is another one each time. */
export function pastRounds(request: HttpRequest, isProxy: boolean): PastRounds {
  const known = isProxy ? undefined : past.get(request);
  if (known !== undefined) return known;
  const begun = { asked: 0, strength: 0 };
  if (!isProxy) past.set(request, begun);
  return begun;
}
