/** The words that the two Yarns know. */
import { parseWords, type Words } from '../command-line.ts';

const sharedFlags = { D: 'dev', P: 'peer', O: 'optional', E: 'exact', T: 'tilde', v: 'version', h: 'help' };

const classic = {
  valued: ['cwd', 'registry', 'modules-folder', 'cache-folder', 'network-timeout', 'depth', 'pattern'],
  short: { ...sharedFlags, W: 'ignore-workspace-root-check', s: 'silent', y: 'yes', f: 'force' },
};
const berry = {
  valued: ['mode', 'package', 'from', 'include', 'exclude', 'cwd', 'cached'],
  short: { ...sharedFlags, C: 'caret', A: 'all', p: 'parallel', R: 'recursive' },
};

/** @param until The words after the first operand belong to what it names. */
type Reader = (argv: readonly string[], until?: boolean) => Words;
export const classicWords: Reader = (argv, until) => parseWords(argv, classic.valued, classic.short, until);
/** Of `yarn dlx`. */
export const fetchedWords: Reader = (argv, until) => parseWords(argv, ['package'], { p: 'package', q: 'quiet' }, until);
export const berryWords: Reader = (argv, until) => parseWords(argv, berry.valued, berry.short, until);
