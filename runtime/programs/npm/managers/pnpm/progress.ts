/** The line of pnpm that moves. */
import type { ProgressLook } from '../../progress/spinner.ts';

export const pnpmLook: ProgressLook = ({ stage, resolved, done, total, cached }) => {
  const [all, there] = stage === 'fetching' ? [total ?? 0, done] : stage === 'linking' ? [resolved, resolved] : [resolved, 0];
  return `Progress: resolved ${Math.max(resolved, all)}, reused ${cached}, downloaded ${Math.max(0, there - cached)}, added ${there}`;
};
