/**
 * HTTP-date in its three forms (RFC 9110 §5.6.7), strictly: what is not exactly one of them is no date. Names are
 * compared without regard to case, because caches in the field do.
 */

const IMF_FIXDATE = /^(?:mon|tue|wed|thu|fri|sat|sun), (\d\d) ([a-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) gmt$/;
const RFC_850 =
  /^(?:mon|tues|wednes|thurs|fri|satur|sun)day, (\d\d)-([a-z]{3})-(\d\d) (\d\d):(\d\d):(\d\d) gmt$/;
const ASCTIME = /^(?:mon|tue|wed|thu|fri|sat|sun) ([a-z]{3}) (\d\d| \d) (\d\d):(\d\d):(\d\d) (\d{4})$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Epoch milliseconds, or null for what is not an HTTP-date. `now` settles the century of the two-digit years of the
 * RFC 850 form: a date that seems to be more than 50 years ahead lies in the past.
 */
export function parseHttpDate(text: string, now: number): number | null {
  const lower = text.toLowerCase();
  const fixed = IMF_FIXDATE.exec(lower);
  if (fixed !== null) {
    const [, day, month, year, hour, minute, second] = fixed;
    return epoch(Number(year), month!, Number(day), Number(hour), Number(minute), Number(second));
  }
  const asctime = ASCTIME.exec(lower);
  if (asctime !== null) {
    const [, month, day, hour, minute, second, year] = asctime;
    return epoch(Number(year), month!, Number(day), Number(hour), Number(minute), Number(second));
  }
  const old = RFC_850.exec(lower);
  if (old === null) return null;
  const [, day, month, year, hour, minute, second] = old;
  const century = Math.floor(new Date(now).getUTCFullYear() / 100) * 100;
  const at = (from: number): number | null =>
    epoch(from + Number(year), month!, Number(day), Number(hour), Number(minute), Number(second));
  const time = at(century);
  const limit = new Date(now).setUTCFullYear(new Date(now).getUTCFullYear() + 50);
  return time !== null && time > limit ? at(century - 100) : time;
}

function epoch(
  year: number,
  monthName: string,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | null {
  const month = MONTHS.indexOf(monthName);
  // 60 is a leap second (RFC 9110 §5.6.7).
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return null;
  return date.setUTCHours(hour, minute, second, 0);
}
