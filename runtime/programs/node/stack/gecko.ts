/** What Firefox's errors tell of the place that they were thrown at. */
import type { Happening } from './outline.ts';

/** What was under way where the engine threw. */
export function geckoHappening({ name, message }: Error): Happening {
  const property = /^can't access property "(.*?)"(?:,| of )/s.exec(message)?.[1];
  if (property !== undefined) return `property ${property}`;
  if (/^invalid assignment to const /.test(message)) return 'assignment';
  return name === 'ReferenceError' ? 'none' : 'function';
}
