/** What `tiny-relative-date` says, which npm uses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relativeDate } from './relative-date.ts';

/** Seconds before noon. */
const known: readonly (readonly [number, string])[] = [
  [0, 'just now'],
  [29, 'just now'],
  [31, '31 seconds ago'],
  [59, '59 seconds ago'],
  [60, 'a minute ago'],
  [119, 'a minute ago'],
  [120, '2 minutes ago'],
  [3599, '59 minutes ago'],
  [3600, 'an hour ago'],
  [7199, 'an hour ago'],
  [7200, '2 hours ago'],
  [86399, '23 hours ago'],
  [86401, 'yesterday'],
  [100000, 'yesterday'],
  [129600, 'yesterday'],
  [172799, '2 days ago'],
  [172801, '2 days ago'],
  [400000, '5 days ago'],
  [604799, 'a week ago'],
  [604800, 'a week ago'],
  [1209599, 'a week ago'],
  [1209600, '2 weeks ago'],
  [2591999, '4 weeks ago'],
  [2592000, 'a month ago'],
  [5183999, 'a month ago'],
  [5184000, '2 months ago'],
  [31535999, '12 months ago'],
  [31536000, 'a year ago'],
  [63071999, 'a year ago'],
  [63072000, 'over a year ago'],
  [1000000000, 'over a year ago'],
  [-31, '31 seconds from now'],
  [-90, 'a minute from now'],
  [-90000, '12 hours from now'],
  [-1000000, 'a week from now'],
  [-100000000, 'over a year from now'],
];

test('relativeDate()', () => {
  const noon = new Date(2026, 10, 22, 12).getTime();
  for (const [seconds, words] of known)
    assert.equal(relativeDate(new Date(noon - seconds * 1000).toISOString(), noon), words, `${seconds} s`);
});
