/** Dates as people write them, after GNU's `date -d`. */

const units: Readonly<Record<string, 'FullYear' | 'Month' | 'Date' | 'Hours' | 'Minutes' | 'Seconds'>> = {
  year: 'FullYear',
  month: 'Month',
  day: 'Date',
  hour: 'Hours',
  min: 'Minutes',
  minute: 'Minutes',
  sec: 'Seconds',
  second: 'Seconds',
};
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const dayWords: Readonly<Record<string, number>> = { now: 0, today: 0, yesterday: -1, tomorrow: 1 };
const ordinals: Readonly<Record<string, number>> = { last: -1, this: 0, next: 1 };

/** What is being put together: fields of a local time, or of UTC once a zone was named. */
interface Reading {
  fields: [year: number, month: number, day: number, hour: number, minute: number, second: number, millisecond: number];
  /** Minutes east of UTC. */
  zone: number | undefined;
  /** A date without a time is its midnight. */
  timed: boolean;
  readonly shifts: { unit: (typeof units)[string]; count: number }[];
}

type Rule = readonly [RegExp, (match: RegExpExecArray, reading: Reading) => boolean | void];

function setDate(reading: Reading, year: number, month: number, day: number): boolean {
  const known = new Date(Date.UTC(year, month - 1, day));
  if (known.getUTCMonth() !== month - 1 || known.getUTCDate() !== day) return false;
  reading.fields.splice(0, 3, year, month - 1, day);
  if (!reading.timed) reading.fields.splice(3, 4, 0, 0, 0, 0);
  return true;
}

function setTime(reading: Reading, hour: number, minute: number, second: number, fraction = ''): boolean {
  if (hour > 23 || minute > 59 || second > 60) return false;
  reading.fields.splice(3, 4, hour, minute, second, Number(`0.${fraction || '0'}`) * 1000);
  reading.timed = true;
  return true;
}

function shift(reading: Reading, unit: string, count: number): boolean {
  const name = unit.replace(/s$/, '');
  if (name === 'week' || name === 'fortnight') reading.shifts.push({ unit: 'Date', count: count * (name === 'week' ? 7 : 14) });
  else if (units[name] !== undefined) reading.shifts.push({ unit: units[name], count });
  else return false;
  return true;
}

const rules: readonly Rule[] = [
  [/^(\d{4})-(\d{1,2})-(\d{1,2})/, (m, r) => setDate(r, Number(m[1]), Number(m[2]), Number(m[3]))],
  [/^(\d{1,2})\/(\d{1,2})\/(\d{4})/, (m, r) => setDate(r, Number(m[3]), Number(m[1]), Number(m[2]))],
  [/^(\d{1,2})[ -]([a-z]{3})[a-z]*[ -](\d{4})/, (m, r) => setDate(r, Number(m[3]), months.indexOf(m[2] as string) + 1, Number(m[1]))],
  [
    /^([a-z]{3})[a-z]* (\d{1,2}),? (\d{4})/,
    (m, r) => months.includes(m[1] as string) && setDate(r, Number(m[3]), months.indexOf(m[1] as string) + 1, Number(m[2])),
  ],
  [
    /^t?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?: ?([ap])\.?m\.?)?/,
    (m, r) => {
      const hour = Number(m[1]);
      return setTime(r, m[5] === undefined ? hour : (hour % 12) + (m[5] === 'p' ? 12 : 0), Number(m[2]), Number(m[3] ?? 0), m[4]);
    },
  ],
  [/^(\d{1,2}) ?([ap])\.?m\b\.?/, (m, r) => setTime(r, (Number(m[1]) % 12) + (m[2] === 'p' ? 12 : 0), 0, 0)],
  [/^(?:z|utc|gmt)\b/, (_, r) => void (r.zone = 0)],
  [/^([-+])(\d{2}):?(\d{2})(?![\d ]*[a-z])/, (m, r) => void (r.zone = (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])))],
  [
    /^([-+]? ?\d+) ?([a-z]+)( ago)?\b/,
    (m, r) => shift(r, m[2] as string, Number((m[1] as string).replace(' ', '')) * (m[3] === undefined ? 1 : -1)),
  ],
  [
    /^(last|this|next) ([a-z]+)\b/,
    (m, r) => {
      const count = ordinals[m[1] as string] as number;
      const weekday = weekdays.indexOf((m[2] as string).slice(0, 3));
      if (weekday < 0 || !/^(?:sun|mon|tues|wednes|thurs|fri|satur)(?:day)?$|^(?:tue|wed|thu|sat)$/.test(m[2] as string))
        return shift(r, m[2] as string, count);
      return toWeekday(r, weekday, count);
    },
  ],
  [
    /^(yesterday|tomorrow|today|now|midnight|noon)\b/,
    (m, r) => {
      const word = m[1] as string;
      if (word === 'midnight' || word === 'noon') return setTime(r, word === 'noon' ? 12 : 0, 0, 0);
      r.shifts.push({ unit: 'Date', count: dayWords[word] as number });
      return true;
    },
  ],
  [/^(sun|mon|tue|wed|thu|fri|sat)[a-z]*\b,?/, (m, r) => toWeekday(r, weekdays.indexOf(m[1] as string), 0)],
];

/** Midnight of that day of the week: today or the next, and weeks from there. */
function toWeekday(reading: Reading, weekday: number, count: number): boolean {
  const [year, month, day] = reading.fields;
  const today = new Date(year, month, day).getDay();
  const ahead = (weekday - today + 7) % 7;
  reading.fields.splice(3, 4, 0, 0, 0, 0);
  reading.shifts.push({ unit: 'Date', count: ahead + (count > 0 && ahead > 0 ? count - 1 : count) * 7 });
  return true;
}

/** Milliseconds since the epoch; undefined if the text is no date. `utc`: times without a zone are UTC's. */
export function parseDateText(text: string, now: Date, utc: boolean): number | undefined {
  let rest = text.trim().toLowerCase();
  const stamp = /^@(-?\d+(?:\.\d+)?)$/.exec(rest);
  if (stamp !== null) return Number(stamp[1]) * 1000;
  const local = utc ? new Date(now.getTime() + now.getTimezoneOffset() * 60_000) : now;
  const reading: Reading = {
    fields: [
      local.getFullYear(),
      local.getMonth(),
      local.getDate(),
      local.getHours(),
      local.getMinutes(),
      local.getSeconds(),
      local.getMilliseconds(),
    ],
    zone: utc ? 0 : undefined,
    timed: false,
    shifts: [],
  };
  if (rest === '') reading.fields.splice(3, 4, 0, 0, 0, 0);
  while (rest !== '') {
    let taken = 0;
    for (const [pattern, apply] of rules) {
      const match = pattern.exec(rest);
      if (match === null || apply(match, reading) === false) continue;
      taken = match[0].length;
      break;
    }
    if (taken === 0) return undefined;
    rest = rest.slice(taken).trimStart();
  }
  // As if in UTC, so that months and days are counted without a change of the clock; then in the zone meant.
  const [year, month, day, hour, minute, second, millisecond] = reading.fields;
  const date = new Date(Date.UTC(year, month, day, hour, minute, second, millisecond));
  for (const { unit, count } of reading.shifts) date[`setUTC${unit}`](date[`getUTC${unit}`]() + count);
  if (reading.zone !== undefined) return date.getTime() - reading.zone * 60_000;
  return new Date(
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  ).getTime();
}
