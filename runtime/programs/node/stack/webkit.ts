/** What WebKit's errors tell of the place that they were thrown at. */
import type { Happening } from './outline.ts';

/** The expression that could not be evaluated, as it is written. */
const evaluating = / \((?:evaluating|In) '(.*?)'[,)]/s;

/** The property that was to be read or set, by the expression that says so. */
export function propertyRead(message: string): string | undefined {
  const expression = /^(?:null|undefined) is not an object/.test(message) ? evaluating.exec(message)?.[1] : undefined;
  return expression === undefined ? undefined : /\.#?([\w$]+)\s*(?:=[^=].*|\(.*\))?$/s.exec(expression)?.[1];
}

/** What was under way where the engine threw. */
export function webkitHappening({ name, message }: Error): Happening {
  const property = propertyRead(message);
  if (property !== undefined) return `property ${property}`;
  if (message.startsWith('Attempted to assign to readonly property')) return 'assignment';
  return name === 'ReferenceError' ? 'none' : 'function';
}
