/** The words that Yarn 1 knows. */
import { parseWords, type Words } from '../../command-line.ts';

const valuedFlags = ['cwd', 'registry', 'modules-folder', 'cache-folder', 'network-timeout', 'depth', 'pattern'];
const shortFlags = {
  D: 'dev',
  P: 'peer',
  O: 'optional',
  E: 'exact',
  T: 'tilde',
  W: 'ignore-workspace-root-check',
  s: 'silent',
  v: 'version',
  h: 'help',
  y: 'yes',
  f: 'force',
};

/** @param until The words after the first operand belong to what it names. */
export const classicWords = (argv: readonly string[], until = false): Words => parseWords(argv, valuedFlags, shortFlags, until);
