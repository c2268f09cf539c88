/**
 * The date of an Expires attribute, epoch milliseconds, or null. RFC 6265bis §5.1.1: tokens in any order, the first that
 * looks like a time, a day, a month and a year wins; zones are ignored, everything is UTC.
 */
export function parseCookieDate(text: string): number | null {
  let time: readonly [hour: number, minute: number, second: number] | null = null;
  let day = -1;
  let month = -1;
  let year = -1;

  // Step 2: each token is the first of time, day, month and year that is still missing and that it matches.
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = tokenEnd(text, start);
    if (end === start) continue;
    const token = text.slice(start, end);
    if (time === null) {
      time = parseTime(token);
      if (time !== null) continue;
    }
    if (day < 0) {
      day = leadingNumber(token, 1, 2);
      if (day >= 0) continue;
    }
    if (month < 0) {
      month = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
      if (month >= 0) continue;
    }
    if (year < 0) year = leadingNumber(token, 2, 4);
  }

  // Steps 3 and 4: two digits.
  if (year >= 70 && year <= 99) year += 1900;
  else if (year >= 0 && year <= 69) year += 2000;

  // Steps 5 and 6.
  if (time === null || day < 0 || month < 0 || year < 1601) return null;
  const [hour, minute, second] = time;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = Date.UTC(year, month, day, hour, minute, second);
  const dayExists = new Date(date).getUTCDate() === day;
  return dayExists ? date : null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function tokenEnd(text: string, start: number): number {
  let i = start;
  while (i < text.length && !isDelimiter(text.charCodeAt(i))) i++;
  return i;
}

/** `%x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E` */
function isDelimiter(code: number): boolean {
  return (
    code === 0x09 ||
    (code >= 0x20 && code <= 0x2f) ||
    (code >= 0x3b && code <= 0x40) ||
    (code >= 0x5b && code <= 0x60) ||
    (code >= 0x7b && code <= 0x7e)
  );
}

/** `hms-time [ non-digit *OCTET ]`, three fields of one or two digits. */
function parseTime(token: string): [number, number, number] | null {
  const minuteStart = token.indexOf(':') + 1;
  const secondStart = token.indexOf(':', minuteStart) + 1;
  if (minuteStart === 0 || secondStart === 0) return null;
  const hour = wholeNumber(token.slice(0, minuteStart - 1));
  const minute = wholeNumber(token.slice(minuteStart, secondStart - 1));
  const second = leadingNumber(token.slice(secondStart), 1, 2);
  return hour < 0 || minute < 0 || second < 0 ? null : [hour, minute, second];
}

function wholeNumber(field: string): number {
  return field.length <= 2 && digitsAtStart(field) === field.length ? leadingNumber(field, 1, 2) : -1;
}

/** The number that a token starts with when that has from `min` to `max` digits, otherwise −1. */
function leadingNumber(token: string, min: number, max: number): number {
  const digits = digitsAtStart(token);
  return digits < min || digits > max ? -1 : Number(token.slice(0, digits));
}

function digitsAtStart(token: string): number {
  let i = 0;
  while (i < token.length && token.charCodeAt(i) >= 0x30 && token.charCodeAt(i) <= 0x39) i++;
  return i;
}
