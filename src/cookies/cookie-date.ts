/**
 * The date of an Expires attribute, epoch milliseconds, or null. RFC 6265bis §5.1.1: tokens in any order, the first that
 * looks like a time, a day, a month and a year wins; zones are ignored, everything is UTC. Reads a part of a text where it
 * stands.
 */
export function parseCookieDate(text: string, from = 0, to = text.length): number | null {
  let time: number | null = null;
  let day: number | null = null;
  let month: number | null = null;
  let year: number | null = null;
  // Step 2: each token is the first of time, day, month and year that is still missing and that it matches.
  for (let i = from; i < to; i++) {
    const digitsEnd = skipDigits(text, i, to);
    const digits = digitsEnd - i;
    if (digits === 0) {
      month ??= monthAt(text, i, to);
    } else {
      const number = numberAt(text, i, digitsEnd);
      const found: number | null =
        time === null && digits <= 2 ? parseTime(text, number, digitsEnd, to) : null;
      if (found !== null) time = found;
      else if (day === null && digits <= 2) day = number;
      else if (year === null && digits >= 2 && digits <= 4) year = fullYear(number);
    }
    i = digitsEnd;
    while (i < to && !isDelimiter(text.charCodeAt(i))) i++;
  }
  // Steps 5 and 6.
  if (time === null || day === null || month === null || year === null || year < 1601) return null;
  if (day < 1 || day > daysIn(month, year)) return null;
  const date = Date.UTC(year, month, day) + time;
  return Number.isNaN(date) ? null : date;
}

/** The month whose name starts there, from 0, in any case. */
function monthAt(text: string, start: number, to: number): number | null {
  return to - start < 3 ? null : (MONTHS.get(lettersAt(text, start)) ?? null);
}

/** Three characters as one number; letters as lower-case ones. */
function lettersAt(text: string, start: number): number {
  const letter = (i: number) => text.charCodeAt(start + i) | 0x20;
  return (letter(0) * 0x10000 + letter(1)) * 0x10000 + letter(2);
}

const MONTHS = new Map(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map((name, i) => [
    lettersAt(name, 0),
    i,
  ]),
);

/** Steps 3 and 4: a year of two digits. */
function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}

function daysIn(month: number, year: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === FEBRUARY && isLeapYear ? 29 : DAYS[month]!;
}

const FEBRUARY = 1;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Milliseconds of the day when `hms-time [ non-digit *OCTET ]` goes on behind its hour, with two fields of one or two
 * digits; NaN when there is no such time, null when it is none.
 */
function parseTime(text: string, hour: number, hourEnd: number, to: number): number | null {
  const minuteEnd = skipField(text, hourEnd, to);
  const secondEnd = skipField(text, minuteEnd, to);
  if (minuteEnd === hourEnd || secondEnd === minuteEnd) return null;
  const minute = numberAt(text, hourEnd + 1, minuteEnd);
  const second = numberAt(text, minuteEnd + 1, secondEnd);
  return hour > 23 || minute > 59 || second > 59 ? Number.NaN : ((hour * 60 + minute) * 60 + second) * 1000;
}

/** The end of a colon and one or two digits, or `start` when there is no such thing. */
function skipField(text: string, start: number, to: number): number {
  if (start >= to || text.charCodeAt(start) !== COLON) return start;
  const end = skipDigits(text, start + 1, to);
  return end - start === 2 || end - start === 3 ? end : start;
}

const COLON = 0x3a;

function isDelimiter(code: number): boolean {
  return code < 0x80 && DELIMITERS[code] === 1;
}

/** `%x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E` */
const DELIMITERS = new Uint8Array(0x80);
DELIMITERS[0x09] = 1;
DELIMITERS.fill(1, 0x20, 0x30).fill(1, 0x3b, 0x41).fill(1, 0x5b, 0x61).fill(1, 0x7b, 0x7f);

function skipDigits(text: string, start: number, to: number): number {
  let i = start;
  while (i < to && isDigit(text.charCodeAt(i))) i++;
  return i;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function numberAt(text: string, start: number, end: number): number {
  let number = 0;
  for (let i = start; i < end; i++) number = number * 10 + (text.charCodeAt(i) - 0x30);
  return number;
}
