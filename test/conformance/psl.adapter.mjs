import { canonicalHost, publicSuffixList } from '../../dist/internal.js';

export const meta = { name: 'fairlead' };

export function registrableDomain(host) {
  const canonical = host === null ? null : canonicalHost(host);
  return canonical === null ? null : publicSuffixList.registrableDomain(canonical);
}
