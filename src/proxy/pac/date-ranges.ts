/*
 * The functions of time of PAC files, as Netscape defined them. A last argument "GMT" asks for that time, otherwise it is
 * local. A range whose end is before its start goes around the end of the week, year or day; one with years does not.
 */

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** A moment as the calendar and the clock on the wall have it. */
interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** `weekdayRange("MON", "FRI")`, `weekdayRange("SAT")`. */
export function weekdayRange(now: number, args: readonly unknown[]): boolean {
  const { moment, values } = read(now, args);
  const days = values.map((value) => WEEKDAYS.indexOf(word(value)));
  if (days.includes(-1)) return false;
  return isWithin([moment.weekday], [days[0]!], [days.at(-1)!], true);
}

type Kind = 'year' | 'month' | 'day';

/** `dateRange(1, "JUN", 15, "AUG")`, and each of the other eight profiles, which their values tell apart. */
export function dateRange(now: number, args: readonly unknown[]): boolean {
  const { moment, values } = read(now, args);
  const parts = values.map(datePart);
  const half = parts.length === 1 ? 1 : parts.length / 2;
  const [from, to] = parts.length === 3 ? [parts, parts] : [parts.slice(0, half), parts.slice(-half)];
  const kinds = (['year', 'month', 'day'] as const).filter((kind) =>
    from!.some((part) => part?.[0] === kind),
  );
  const of = (half: readonly DatePart[]): number[] =>
    kinds.map((kind) => half.find((part) => part?.[0] === kind)?.[1] ?? Number.NaN);
  if (kinds.length === 0 || kinds.length !== from!.length || from!.length !== to!.length) return false;
  return isWithin(
    kinds.map((kind) => moment[kind]),
    of(from!),
    of(to!),
    !kinds.includes('year'),
  );
}

type DatePart = readonly [Kind, number] | null;

function datePart(value: unknown): DatePart {
  const month = MONTHS.indexOf(word(value));
  if (month >= 0) return ['month', month];
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) return null;
  return [number > 31 ? 'year' : 'day', number];
}

/** `timeRange(hour)`, `(hour1, hour2)`, `(hour1, min1, hour2, min2)`, `(hour1, min1, sec1, hour2, min2, sec2)`. */
export function timeRange(now: number, args: readonly unknown[]): boolean {
  const { moment, values } = read(now, args);
  const numbers = values.map(Number);
  if (![1, 2, 4, 6].includes(numbers.length) || numbers.some((number) => !Number.isInteger(number)))
    return false;
  const { hour, minute, second } = moment;
  if (numbers.length === 1) return hour === numbers[0];
  const half = numbers.length / 2;
  const [from, to] = [numbers.slice(0, half), numbers.slice(half)];
  // Nine to five ends at five; 17:00 lasts to its end.
  if (half === 1) return from[0] === to[0] ? hour === from[0] : isWithin([hour], from, [to[0]! - 1], true);
  return isWithin([hour, minute, ...(half === 3 ? [second] : [])], from, to, true);
}

/** Whether a value lies between two, these included. Values are compared from their first number on. */
function isWithin(
  value: readonly number[],
  from: readonly number[],
  to: readonly number[],
  goesAround: boolean,
): boolean {
  if ([...from, ...to].some(Number.isNaN)) return false;
  const isAfterStart = compare(from, value) <= 0;
  const isBeforeEnd = compare(value, to) <= 0;
  if (compare(from, to) <= 0) return isAfterStart && isBeforeEnd;
  return goesAround && (isAfterStart || isBeforeEnd);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, i) => number !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function word(value: unknown): string {
  return typeof value === 'string' ? value.toUpperCase() : '';
}

function read(now: number, args: readonly unknown[]): { moment: Fields; values: readonly unknown[] } {
  const isGmt = word(args.at(-1)) === 'GMT';
  const date = new Date(now);
  const moment: Fields = isGmt
    ? {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth(),
        day: date.getUTCDate(),
        weekday: date.getUTCDay(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
      }
    : {
        year: date.getFullYear(),
        month: date.getMonth(),
        day: date.getDate(),
        weekday: date.getDay(),
        hour: date.getHours(),
        minute: date.getMinutes(),
        second: date.getSeconds(),
      };
  return { moment, values: isGmt ? args.slice(0, -1) : args };
}
