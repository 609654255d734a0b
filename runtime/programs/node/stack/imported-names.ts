/**
 * Engines call an imported name what compiled code calls it: a property of an object of ours (`HelperNames.env`), and what is awaited a call.
 */
import { withNamespaceWords } from '../modules/namespace.ts';

const { getOwnPropertyDescriptor } = Object;

export function withAuthorsNames(message: string): string {
  return withNamespaceWords(message)
    .replace(/\(0 ?, ?(\$bv(?:\d+_)?\.[\w$.]+)\)/g, '$1')
    .replace(/\$bv(?:\d+_)?\.(?=[\w$])/g, '')
    .replace(/\$bv(?:\d+_)?h\.[rw]\(\.\.\.\)/g, '(intermediate value)');
}

/** In the message of an error that a program is about to look at. */
export function tellAuthorsNames(error: unknown): unknown {
  if (!(error instanceof TypeError || error instanceof ReferenceError)) return error;
  const message: unknown = getOwnPropertyDescriptor(error, 'message')?.value;
  if (typeof message !== 'string') return error;
  const told = withAuthorsNames(message);
  if (told !== message) error.message = told;
  return error;
}
