/** How the URL of a local socket may begin. The second is another way to write the first, as in Qt. */
export const LOCAL_SOCKETS: readonly string[] = ['unix+http', 'local+http'];

/** One word for one scheme. */
export function canonicalScheme(scheme: string): string {
  return LOCAL_SOCKETS.includes(scheme) ? 'unix+http' : scheme;
}
