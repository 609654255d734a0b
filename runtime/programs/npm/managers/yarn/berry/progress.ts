/** What moves below the steps of Yarn 2 and later: a spinner with a descriptor, then a bar of 80. */
import { spun, type ProgressLook } from '../../../progress/spinner.ts';

const dots = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const width = 80;

export const berryLook: ProgressLook = (state) => {
  const { stage, current, done, total = 0 } = state;
  const isCounted = stage !== 'resolving' && total > 0;
  const full = Math.floor(Math.min(done / Math.max(total, 1), 1) * width);
  const what = isCounted ? '='.repeat(full) + '-'.repeat(width - full) : current;
  return `➤ YN0000: ${spun(dots, state)}${what === '' ? '' : ` ${what}`}`;
};
