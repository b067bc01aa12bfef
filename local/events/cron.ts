/** One field: the values that it may have, and the names that may stand for them. */
interface Field {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const MINUTES: Field = { least: 0, most: 59 };
const HOURS: Field = { least: 0, most: 23 };
const MONTH_DAYS: Field = { least: 1, most: 31 };
const MONTH: Field = { least: 1, most: 12, names: MONTHS };
const WEEK_DAYS: Field = { least: 1, most: 7, names: WEEKDAYS };
const YEARS: Field = { least: 1970, most: 2199 };

type DayTest = (day: Date) => boolean;

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/**
 * `cron(minutes hours day-of-month month day-of-week year)`, in UTC, with the wildcards `, - * ? / L W #` (User Guide, "Cron
 * expressions reference"). The answer gives the next time after another, in milliseconds. `undefined`: it is not valid.
 */
export const parseCron = (text: string): ((after: number) => number | undefined) | undefined => {
  const [, inner = ''] = /^cron\((.*)\)$/.exec(text) ?? [];
  const [minuteText = '', hourText = '', dayText = '', monthText = '', weekText = '', yearText = '', ...more] = inner
    .trim()
    .split(/\s+/);
  // A value or * in one of the two day fields needs ? in the other.
  if (more.length > 0 || (dayText === '?') === (weekText === '?')) return undefined;
  const [minutes, hours] = [valuesOf(minuteText, MINUTES), valuesOf(hourText, HOURS)];
  const [months, years] = [valuesOf(monthText, MONTH), valuesOf(yearText, YEARS)];
  const fits = weekText === '?' ? monthDay(dayText) : weekDay(weekText);
  if (!minutes || !hours || !months || !years || !fits) return undefined;
  const isDay: DayTest = (day) => years.has(day.getUTCFullYear()) && months.has(day.getUTCMonth() + 1) && fits(day);
  const ofDay = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * HOUR + minute * MINUTE)).sort((a, b) => a - b);
  const last = Date.UTC(Math.max(...years), 11, 31);
  return (after) => {
    for (let day = Math.floor(after / DAY) * DAY; day <= last; day += DAY) {
      const time = isDay(new Date(day)) ? ofDay.find((offset) => day + offset > after) : undefined;
      if (time !== undefined) return day + time;
    }
    return undefined;
  };
};

/** The numbers that a field without letters of its own allows. */
const valuesOf = (text: string, field: Field): ReadonlySet<number> | undefined => {
  const parts = text.split(',').map((part) => rangeOf(part, field));
  return parts.every((part) => part !== undefined) ? new Set(parts.flat()) : undefined;
};

/** `*`, `5`, `1-5`, `20-2` (past the end and on from the start), and each with `/step`; a single start runs to the end. */
const rangeOf = (text: string, field: Field): readonly number[] | undefined => {
  const [, from = '', , to, , step] = /^(\*|[0-9A-Z]+)(-([0-9A-Z]+))?(\/([0-9]+))?$/.exec(text.toUpperCase()) ?? [];
  const first = from === '*' ? field.least : numberOf(from, field);
  const last = from === '*' ? field.most : to === undefined ? (step === undefined ? first : field.most) : numberOf(to, field);
  if (first === undefined || last === undefined || (from === '*' && to !== undefined) || step === '0') return undefined;
  const size = field.most - field.least + 1;
  const length = (last - first + size) % size;
  return Array.from({ length: Math.floor(length / Number(step ?? 1)) + 1 }, (_, index) => {
    const value = first + index * Number(step ?? 1);
    return value > field.most ? value - size : value;
  });
};

const numberOf = (text: string, { least, most, names = [] }: Field): number | undefined => {
  const value = names.includes(text) ? names.indexOf(text) + least : /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
};

const daysIn = (day: Date): number => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();

/** `L`: the month's last day; `3W`: the weekday nearest to the third, within the month. */
const monthDay = (text: string): DayTest | undefined => {
  if (text === 'L') return (day) => day.getUTCDate() === daysIn(day);
  const [, near] = /^([0-9]+)W$/.exec(text) ?? [];
  if (near !== undefined) {
    const wanted = numberOf(near, MONTH_DAYS);
    return wanted === undefined ? undefined : (day) => day.getUTCDate() === nearestWeekday(day, wanted);
  }
  const days = valuesOf(text, MONTH_DAYS);
  return days && ((day) => days.has(day.getUTCDate()));
};

const nearestWeekday = (day: Date, wanted: number): number | undefined => {
  if (wanted > daysIn(day)) return undefined;
  const weekday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), wanted)).getUTCDay();
  if (weekday === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekday === 0) return wanted === daysIn(day) ? wanted - 2 : wanted + 1;
  return wanted;
};

/** `L`: Saturday; `6L`: the month's last Friday; `3#2`: its second Tuesday. */
const weekDay = (text: string): DayTest | undefined => {
  if (text === 'L') return (day) => day.getUTCDay() === 6;
  const [, name, last, count] = /^([0-9A-Z]+?)(?:(L)|#([1-5]))$/.exec(text.toUpperCase()) ?? [];
  if (name !== undefined) {
    const wanted = numberOf(name, WEEK_DAYS);
    if (wanted === undefined) return undefined;
    const isTurn = (day: Date) =>
      last === undefined ? Math.ceil(day.getUTCDate() / 7) === Number(count) : day.getUTCDate() + 7 > daysIn(day);
    return (day) => day.getUTCDay() + 1 === wanted && isTurn(day);
  }
  const days = valuesOf(text, WEEK_DAYS);
  return days && ((day) => days.has(day.getUTCDay() + 1));
};
