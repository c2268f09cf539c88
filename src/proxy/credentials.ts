/** What HTTP and SOCKS can send of a user and a password. Texts of theirs stand in no error. */

const CONTROL = /[\0-\x1f\x7f]/;

/** SOCKS has one byte for each length (RFC 1929 §2). */
const MOST_SOCKS_BYTES = 255;

/** Why these credentials cannot be sent to a proxy of that type, or null. */
export function unsendable(type: string, user: string, password: string): string | null {
  if (CONTROL.test(user) || CONTROL.test(password))
    return 'user and password must have no control characters';
  if (type.startsWith('http'))
    return user.includes(':') ? 'a user with a colon cannot be sent to an HTTP proxy (RFC 7617 §2)' : null;
  if (type === 'socks4a' && password !== '') return 'SOCKS4a knows no password';
  const encoder = new TextEncoder();
  const isTooLong = [user, password].some((text) => encoder.encode(text).length > MOST_SOCKS_BYTES);
  return isTooLong ? `SOCKS takes at most ${MOST_SOCKS_BYTES} bytes of user and password` : null;
}
