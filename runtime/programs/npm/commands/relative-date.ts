/** How long ago something was, in npm's words (those of `tiny-relative-date`). */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;
const month = 30 * day;
const year = 365 * day;

export function relativeDate(text: string, now = Date.now()): string {
  const date = new Date(text);
  const since = () => Math.round(Math.abs(now - date.getTime()) / 1000);
  let delta = since();
  if (delta > day && delta < week) {
    date.setHours(0, 0, 0, 0); // Days are those of the calendar.
    delta = since();
  }
  const isPast = now >= date.getTime();
  const say = (what: string) => `${what} ${isPast ? 'ago' : 'from now'}`;
  const count = (unit: number) => Math.floor(delta / unit);
  if (delta < 30) return 'just now';
  if (delta < minute) return say(`${delta} seconds`);
  if (delta < 2 * minute) return say('a minute');
  if (delta < hour) return say(`${count(minute)} minutes`);
  if (count(hour) === 1) return say('an hour');
  if (delta < day) return say(`${count(hour)} hours`);
  if (delta < 2 * day) return isPast ? 'yesterday' : 'tomorrow';
  if (delta < week) return say(`${count(day)} days`);
  if (count(week) === 1) return say('a week');
  if (delta < month) return say(`${count(week)} weeks`);
  if (count(month) === 1) return say('a month');
  if (delta < year) return say(`${count(month)} months`);
  return say(count(year) === 1 ? 'a year' : 'over a year');
}
