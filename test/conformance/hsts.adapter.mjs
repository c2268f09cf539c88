// For ../shared/conformance/hsts-run.mjs: our HSTS knowledge behind the shape that the runner drives.
import { parseStrictTransportSecurity, parseUrl, StrictTransportSecurity } from '../../dist/internal.js';

export const meta = { name: 'fairlead' };

export const parseHeader = parseStrictTransportSecurity;

export function createStore({ now }) {
  const security = new StrictTransportSecurity({ clock: { now } });
  return {
    processHeader(values, url) {
      const { scheme, hostname } = parseUrl(url);
      if (scheme === 'https') security.note(values, hostname);
    },
    shouldUpgrade(url) {
      const parsed = parseUrl(url);
      return security.upgrade(parsed).scheme !== parsed.scheme;
    },
  };
}
