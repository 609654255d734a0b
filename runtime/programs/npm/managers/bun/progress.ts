/** The line of bun that moves. */
import type { ProgressLook } from '../../progress/spinner.ts';

export const bunLook: ProgressLook = ({ stage, current, done, total = 0 }) => {
  if (stage === 'resolving') return `  🔍 Resolving [${done}/${total}] `;
  if (stage === 'fetching') return `  🚚 ${current.replace(/(.)@.*$/, '$1')} [${done}/${total}] `;
  return '  🔒 Saving lockfile... ';
};
