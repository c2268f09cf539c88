import type { Reached, Step } from './step.ts';

/** Finds out what the connection speaks: what TLS has negotiated, or what was going to be spoken anyway. */
export const negotiateStep: Step = {
  name: 'negotiate',
  take(reached, { offer }): Reached {
    const negotiated = reached.security?.applicationProtocol;
    if (negotiated === 'h2') return { ...reached, protocol: 'h2' };
    // A server that knows nothing of ALPN speaks what was offered alone, or else HTTP/1.1 (RFC 9113 §3.2).
    return { ...reached, protocol: offer.length === 1 ? offer[0]! : 'http/1.1' };
  },
};
