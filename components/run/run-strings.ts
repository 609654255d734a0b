import { stringsOf } from '../shared/strings.ts';

export const runEnglish = {
  run: 'Run',
  restart: 'Restart',
  stop: 'Stop',
  starting: 'Starting …',
  reset: 'Reset',
};

export type RunStrings = typeof runEnglish;
export const runStrings = stringsOf('run', runEnglish);
