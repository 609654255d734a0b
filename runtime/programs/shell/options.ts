/** The options of `set`. */
export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  noglob: boolean;
  pipefail: boolean;
  noexec: boolean;
  allexport: boolean;
  noclobber: boolean;
  verbose: boolean;
  monitor: boolean;
  hashall: boolean;
  braceexpand: boolean;
  notify: boolean;
  posix: boolean;
}

/** The letter that `set` and the command line know an option by. */
export const optionLetters: Readonly<Record<string, keyof ShellOptions>> = {
  e: 'errexit',
  u: 'nounset',
  x: 'xtrace',
  f: 'noglob',
  n: 'noexec',
  a: 'allexport',
  C: 'noclobber',
  v: 'verbose',
  m: 'monitor',
  h: 'hashall',
  B: 'braceexpand',
  b: 'notify',
};
