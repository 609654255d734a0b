/** `cd` and `pwd`. */
import { errorText } from '../../../process/strerror.ts';
import type { Shell } from '../shell.ts';

/** The path without `.`, `..` and doubled slashes, as `cd -L` sees it. */
function normalise(path: string): string {
  const kept: string[] = [];
  for (const piece of path.split('/')) {
    if (piece === '' || piece === '.') continue;
    if (piece === '..') kept.pop();
    else kept.push(piece);
  }
  return `/${kept.join('/')}`;
}

function changeDirectory(shell: Shell, path: string): void {
  // Only the shell itself moves its process; a subshell keeps a directory of its own.
  shell.files.readdir(path);
  if (shell.subshellDepth === 0) shell.files.chdir(path);
  shell.variables.set('OLDPWD', shell.cwd).exported = true;
  shell.cwd = path;
  shell.variables.set('PWD', path).exported = true;
}

export async function cd(shell: Shell, argv: readonly string[]): Promise<number> {
  let args = argv.slice(1);
  let physical = false;
  while (args[0] !== undefined && /^-[LPe@]+$/.test(args[0])) {
    physical = args[0].includes('P');
    args = args.slice(1);
  }
  if (args[0] === '--') args = args.slice(1);
  else if (/^-./.test(args[0] ?? '')) {
    await shell.complain(`cd: -${args[0]?.[1]}: invalid option`);
    await shell.write(2, 'cd: usage: cd [-L|[-P [-e]] [-@]] [dir]\n');
    return 2;
  }
  if (args.length > 1) {
    await shell.complain('cd: too many arguments');
    return 1;
  }
  let [target] = args;
  let show = false;
  if (target === undefined) {
    target = shell.variables.get('HOME');
    if (target === undefined) {
      await shell.complain('cd: HOME not set');
      return 1;
    }
  } else if (target === '-') {
    target = shell.variables.get('OLDPWD');
    show = true;
    if (target === undefined) {
      await shell.complain('cd: OLDPWD not set');
      return 1;
    }
  }
  let path = shell.absolute(target);
  const search = shell.variables.get('CDPATH');
  if (search && target !== '' && !/^\.{0,2}\/|^\.{1,2}$/.test(target)) {
    for (const base of search.split(':')) {
      const candidate = `${base === '' ? shell.cwd : shell.absolute(base)}/${target}`;
      if (shell.directories.isDirectory(candidate)) {
        path = candidate;
        show = base !== '' && base !== '.';
        break;
      }
    }
  }
  try {
    if (target === '') path = shell.cwd;
    const real = physical ? shell.files.realpath(path) : normalise(path);
    changeDirectory(shell, real);
  } catch (error) {
    await shell.complain(`cd: ${target}: ${errorText(error)}`);
    return 1;
  }
  if (show) await shell.write(1, `${shell.cwd}\n`);
  return 0;
}

export async function pwd(shell: Shell, argv: readonly string[]): Promise<number> {
  let physical = false;
  for (const argument of argv.slice(1)) {
    if (argument === '--' || !/^-./.test(argument)) break; // What is no option is passed over.
    const bad = /[^LP]/.exec(argument.slice(1));
    if (bad) {
      await shell.complain(`pwd: -${bad[0]}: invalid option`);
      await shell.write(2, 'pwd: usage: pwd [-LP]\n');
      return 2;
    }
    physical = argument.endsWith('P');
  }
  await shell.write(1, `${physical ? shell.files.realpath(shell.cwd) : shell.cwd}\n`);
  return 0;
}
