/** The number that a text of nothing but ASCII digits stands for, at most `limit`; null for any other text. */
export function parseDigits(text: string, limit: number = Number.MAX_SAFE_INTEGER): number | null {
  if (text === '') return null;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return null;
    value = Math.min(value * 10 + digit, limit);
  }
  return value;
}
