/** The words that Yarn 4 knows. */
import { parseWords, type Words } from '../../command-line.ts';

const valuedFlags = ['mode', 'package', 'from', 'include', 'exclude', 'cwd', 'cached'];
const shortFlags = {
  D: 'dev',
  P: 'peer',
  O: 'optional',
  E: 'exact',
  T: 'tilde',
  C: 'caret',
  v: 'version',
  h: 'help',
  A: 'all',
  p: 'parallel',
  R: 'recursive',
};

/** @param until The words after the first operand belong to what it names. */
export const berryWords = (argv: readonly string[], until = false): Words => parseWords(argv, valuedFlags, shortFlags, until);
