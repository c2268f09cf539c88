import { isPublicAddress } from '../util/public-address.ts';
import type { AddressFilter } from './address-filter.ts';

/**
 * An {@link AddressFilter} that lets requests reach the public Internet and nothing else: no loopback, private, link-local,
 * shared (CGNAT), unique-local, multicast or reserved address, no metadata service of a cloud, no local socket, in whatever
 * spelling. The guard for servers that fetch URLs which others have written (server-side request forgery). A proxy that the
 * application has chosen may be anywhere.
 */
export const publicAddressesOnly: AddressFilter = (address, { via }) =>
  via === 'proxy' || isPublicAddress(address);
