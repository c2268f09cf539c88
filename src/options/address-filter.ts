/** What an address is about to be connected to for. */
export interface AddressUse {
  /** Name or address that it was found for, IPv6 without brackets; of a local socket its path or the name of its pipe. */
  readonly host: string;
  /** 0 for a local socket. */
  readonly port: number;
  /**
   * `direct`: it is the origin's, and connected to from here. `local`: it is the path of a local socket. `proxy`: it is that
   * of a proxy which the application has chosen. `through-proxy`: it is the origin's, and a proxy is asked to connect to it.
   */
  readonly via: 'direct' | 'local' | 'proxy' | 'through-proxy';
}

/**
 * Says whether an address may be connected to. Called with each address before it is used, whatever it comes from: a URL, a
 * name, a redirect. Anything but `true` is a no; so is what it throws.
 */
export type AddressFilter = (address: string, use: AddressUse) => boolean;
