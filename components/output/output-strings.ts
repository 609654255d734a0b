import { stringsOf } from '../shared/strings.ts';

export const outputEnglish = {
  label: 'Output',
  controls: 'Output controls',
  filters: 'Levels to show',
  error: 'Errors',
  warn: 'Warnings',
  info: 'Messages',
  debug: 'Debugging',
  errorPrefix: 'Error:',
  warnPrefix: 'Warning:',
  copy: 'Copy',
  copied: 'The output was copied.',
  copyFailed: 'The output could not be copied: the browser does not allow it.',
  clear: 'Clear',
  cleared: 'The output was cleared.',
  empty: 'What programs and previews print appears here.',
  filtered: 'All of the output is hidden by the levels chosen above.',
  dropped: (lines: number) => (lines === 1 ? 'One earlier line is no longer shown.' : `${lines} earlier lines are no longer shown.`),
  repeated: (times: number) => `${times} times`,
  more: (parts: number) => `… ${parts} more`,
  open: (place: string) => `Open ${place} in the editor`,
  news: (lines: number, errors: number) =>
    errors === 0
      ? `${lines} new lines of output.`
      : errors === 1
        ? `${lines} new lines of output, 1 error.`
        : `${lines} new lines of output, ${errors} errors.`,
  ended: (code: number) => `[process ended with code ${code}]`,
  stopped: '[stopped]',
};

export type OutputStrings = typeof outputEnglish;
export const outputStrings = stringsOf('output', outputEnglish);
