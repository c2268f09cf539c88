/**
 * The date of an Expires attribute, epoch milliseconds, or null. RFC 6265bis §5.1.1: tokens in any order, the first that
 * looks like a time, a day, a month and a year wins; zones are ignored, everything is UTC. Reads a part of a text where it
 * stands, because a slice is slower to read.
 */
export function parseCookieDate(text: string, from = 0, to = text.length): number | null {
  let time: number | null = null;
  let day: number | null = null;
  let month: number | null = null;
  let year: number | null = null;
  // Step 2: each token is the first of time, day, month and year that is still missing and that it matches.
  for (let start = from, end = from; start < to; start = end + 1) {
    end = tokenEnd(text, start, to);
    const digitsEnd = skipDigits(text, start, end);
    const digits = digitsEnd - start;
    if (digits === 0) {
      month ??= monthAt(text, start, end);
      continue;
    }
    if (time === null) {
      time = parseTime(text, start, end);
      if (time !== null) continue;
    }
    if (day === null && digits <= 2) day = numberAt(text, start, digitsEnd);
    else if (year === null && digits >= 2 && digits <= 4) year = fullYear(numberAt(text, start, digitsEnd));
  }
  // Steps 5 and 6.
  if (time === null || day === null || month === null || year === null || year < 1601) return null;
  const date = Date.UTC(year, month, day) + time;
  return day >= 1 && day <= daysIn(month, year) && !Number.isNaN(date) ? date : null;
}

/** The month that a token starts with, from 0, in any case. */
function monthAt(text: string, start: number, end: number): number | null {
  return end - start < 3 ? null : (MONTHS.get(lettersAt(text, start)) ?? null);
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
  if (month === 1) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31;
}

/**
 * Milliseconds of the day from `hms-time [ non-digit *OCTET ]`, three fields of one or two digits; NaN when there is no
 * such time, null when it is none.
 */
function parseTime(text: string, start: number, end: number): number | null {
  const hourEnd = skipDigits(text, start, end);
  if (hourEnd === end || text.charCodeAt(hourEnd) !== COLON || hourEnd - start > 2) return null;
  const minuteStart = hourEnd + 1;
  const minuteEnd = skipDigits(text, minuteStart, end);
  if (minuteEnd === end || text.charCodeAt(minuteEnd) !== COLON || !isOneOrTwo(minuteEnd - minuteStart))
    return null;
  const secondStart = minuteEnd + 1;
  const secondEnd = skipDigits(text, secondStart, end);
  if (!isOneOrTwo(secondEnd - secondStart)) return null;
  const hour = numberAt(text, start, hourEnd);
  const minute = numberAt(text, minuteStart, minuteEnd);
  const second = numberAt(text, secondStart, secondEnd);
  return hour > 23 || minute > 59 || second > 59 ? Number.NaN : ((hour * 60 + minute) * 60 + second) * 1000;
}

const COLON = 0x3a;

function isOneOrTwo(digits: number): boolean {
  return digits === 1 || digits === 2;
}

function tokenEnd(text: string, start: number, to: number): number {
  let i = start;
  while (i < to && !isDelimiter(text.charCodeAt(i))) i++;
  return i;
}

function isDelimiter(code: number): boolean {
  return code < 0x80 && DELIMITERS[code] === 1;
}

/** `%x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E` */
const DELIMITERS = new Uint8Array(0x80);
for (const [first, last] of [
  [0x09, 0x09],
  [0x20, 0x2f],
  [0x3b, 0x40],
  [0x5b, 0x60],
  [0x7b, 0x7e],
])
  DELIMITERS.fill(1, first, last! + 1);

function skipDigits(text: string, start: number, end: number): number {
  let i = start;
  while (i < end && isDigit(text.charCodeAt(i))) i++;
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
