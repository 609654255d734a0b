/** Variables that the shell sets. */
import type { ShellOptions } from '../options.ts';
import type { Shell } from '../shell.ts';

/** Variables that are computed. */
export function defineSpecials(shell: Shell): void {
  const { special } = shell.variables;
  const start = performance.now();
  let base = 0;
  let randomSeed = (Math.random() * 0x7fffffff) | 0;
  special.set('SECONDS', {
    get: () => String(base + Math.floor((performance.now() - (base === 0 ? shell.started : start)) / 1000)),
    set: (value) => (base = Number(value) || 0),
  });
  special.set('RANDOM', {
    get: () => {
      randomSeed = (Math.imul(randomSeed, 1103515245) + 12345) & 0x7fffffff;
      return String((randomSeed >> 8) & 32767);
    },
    set: (value) => (randomSeed = Number(value) | 0),
  });
  special.set('LINENO', { get: () => String(shell.line) });
  special.set('EPOCHSECONDS', { get: () => String(Math.floor(Date.now() / 1000)) });
  special.set('EPOCHREALTIME', { get: () => (Date.now() / 1000).toFixed(6) });
  special.set('BASHPID', { get: () => String(shell.context.syscalls.start.pid) });
  special.set('BASH_SUBSHELL', { get: () => String(shell.subshellDepth) });
  special.set('FUNCNAME', { get: () => shell.functionNames.at(-1) ?? '' });
  special.set('SHELLOPTS', {
    get: () =>
      (Object.keys(shell.options) as (keyof ShellOptions)[])
        .filter((name) => shell.options[name])
        .sort()
        .join(':'),
  });
}

/** What a new shell has: its parent's environment, and what the shell itself sets. */
export function importEnvironment(shell: Shell): void {
  const { variables } = shell;
  for (const [name, value] of shell.context.env) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) variables.replace(name, { value, exported: true });
  }
  variables.replace('IFS', { value: ' \t\n' });
  variables.declare('OLDPWD').exported = true;
  variables.replace('PWD', { value: shell.cwd, exported: true });
  variables.replace('SHLVL', { value: String((Number(variables.get('SHLVL')) || 0) + 1), exported: true });
  variables.replace('PPID', { value: String(shell.context.syscalls.start.ppid), readonly: true });
  variables.replace('UID', { value: String(shell.context.syscalls.start.uid), readonly: true });
  variables.replace('EUID', { value: String(shell.context.syscalls.start.uid), readonly: true });
  variables.replace('OPTIND', { value: '1' });
  variables.replace('OPTERR', { value: '1' });
  variables.replace('PS4', { value: '+ ' });
  variables.replace('BASH_VERSION', { value: '5.2.15(1)-release' });
  variables.replace('BASH_VERSINFO', {
    array: new Map([
      [0, '5'],
      [1, '2'],
      [2, '15'],
      [3, '1'],
      [4, 'release'],
      [5, 'x86_64-pc-linux-gnu'],
    ]),
    readonly: true,
  });
  variables.replace('HOSTTYPE', { value: 'x86_64' });
  variables.replace('OSTYPE', { value: 'linux-gnu' });
  variables.replace('HOSTNAME', { value: variables.get('HOSTNAME') ?? 'localhost' });
  if (variables.get('PATH') === undefined) variables.replace('PATH', { value: '/usr/local/bin:/usr/bin:/bin' });
  if (variables.get('BASH') === undefined) variables.replace('BASH', { value: '/bin/bash' });
}
