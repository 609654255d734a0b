/** What moves below the steps of Yarn 1: a spinner with a pattern, then a bar. */
import { spun, type ProgressLook } from '../../../progress/spinner.ts';

const dots = '⠁⠂⠄⡀⢀⠠⠐⠈';

export const classicLook: ProgressLook = (state) => {
  const { stage, current, done, total = 0, columns } = state;
  if (stage === 'resolving' || total === 0) return `${spun(dots, state)} ${current}`;
  const numbers = ` ${done}/${total}`;
  const width = Math.min(total, Math.max(0, columns - numbers.length - 3));
  const full = Math.round(Math.min(done / total, 1) * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]${numbers}`;
};
