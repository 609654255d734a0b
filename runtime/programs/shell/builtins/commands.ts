/** What a name would run, and running it as something else. */
import { PosixError } from '../../../base/errors.ts';
import { S_IFMT, S_IFREG } from '../../../base/file-mode.ts';
import { errorText } from '../../../process/strerror.ts';
import { spawn } from '../execution/children.ts';
import { findCommand, searchPath } from '../execution/command-search.ts';
import type { Shell } from '../shell.ts';
import { reservedWords } from '../syntax/reserved-words.ts';
import { quoteText } from '../variables/variables.ts';

export async function type(shell: Shell, argv: readonly string[]): Promise<number> {
  let status = 0;
  const flags = argv
    .slice(1)
    .filter((word) => /^-[aftpP]+$/.test(word))
    .join('');
  for (const name of argv.slice(1).filter((word) => !/^-[aftpP]+$/.test(word))) {
    const answers: [string, string][] = [];
    const alias = shell.aliases.get(name);
    if (!/[pP]/.test(flags)) {
      if (alias !== undefined && shell.shopts.get('expand_aliases')) answers.push(['alias', `${name} is aliased to \`${alias}'`]);
      if (reservedWords.has(name)) answers.push(['keyword', `${name} is a shell keyword`]);
      const func = shell.functions.get(name);
      if (func !== undefined && !flags.includes('f')) answers.push(['function', `${name} is a function\n${func.source}`]);
      if (shell.builtins.has(name)) answers.push(['builtin', `${name} is a shell builtin`]);
    }
    const paths = name.includes('/') ? (shell.stat(name) === undefined ? [] : [name]) : searchPath(shell, name);
    for (const path of paths) answers.push(['file', flags.includes('p') || flags.includes('P') ? path : `${name} is ${path}`]);
    if (answers.length === 0) {
      if (!/[tpP]/.test(flags)) await shell.complain(`type: ${name}: not found`);
      status = 1;
    }
    for (const [kind, text] of flags.includes('a') ? answers : answers.slice(0, 1))
      await shell.write(1, `${flags.includes('t') ? kind : text}\n`);
  }
  return status;
}

export async function command(shell: Shell, argv: readonly string[]): Promise<number> {
  let at = 1;
  let mode = '';
  for (; at < argv.length && /^-[pvV]+$/.test(argv[at] as string); at++) mode += argv[at];
  if (argv[at] === '--') at++;
  const rest = argv.slice(at);
  const [name] = rest;
  if (name === undefined) return 0;
  if (mode.includes('v') || mode.includes('V')) {
    let status = 1;
    for (const word of rest) {
      const alias = shell.aliases.get(word);
      let answer: string | undefined;
      if (alias !== undefined && shell.shopts.get('expand_aliases'))
        answer = mode.includes('V') ? `${word} is aliased to \`${alias}'` : `alias ${word}=${quoteText(alias)}`;
      else if (reservedWords.has(word)) answer = mode.includes('V') ? `${word} is a shell keyword` : word;
      else if (shell.functions.has(word))
        answer = mode.includes('V') ? `${word} is a function\n${shell.functions.get(word)?.source}` : word;
      else if (shell.builtins.has(word)) answer = mode.includes('V') ? `${word} is a shell builtin` : word;
      else {
        const path = word.includes('/') ? (shell.stat(word) === undefined ? undefined : word) : searchPath(shell, word)[0];
        if (path !== undefined) answer = mode.includes('V') ? `${word} is ${path}` : path;
      }
      if (answer !== undefined) {
        status = 0;
        await shell.write(1, `${answer}\n`);
      } else if (mode.includes('V')) await shell.complain(`command: ${word}: not found`);
    }
    return status;
  }
  const builtin = shell.builtins.get(name);
  if (builtin !== undefined) return builtin(shell, rest);
  return runFile(shell, rest);
}

async function runFile(shell: Shell, argv: readonly string[]): Promise<number> {
  const file = await findCommand(shell, argv[0] as string);
  if (typeof file === 'number') return file;
  try {
    return await (
      await spawn(shell, file, argv, shell.job)
    ).done;
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    await shell.complain(`${argv[0]}: ${errorText(error)}`);
    return error.code === 'ENOENT' ? 127 : 126;
  }
}

export async function alias(shell: Shell, argv: readonly string[]): Promise<number> {
  const words = argv.slice(1).filter((word) => word !== '-p');
  const show = (name: string, value: string) => shell.write(1, `alias ${name}=${quoteText(value)}\n`);
  if (words.length === 0) for (const name of [...shell.aliases.keys()].sort()) await show(name, shell.aliases.get(name) as string);
  let status = 0;
  for (const word of words) {
    const at = word.indexOf('=');
    if (at > 0) shell.aliases.set(word.slice(0, at), word.slice(at + 1));
    else if (shell.aliases.has(word)) await show(word, shell.aliases.get(word) as string);
    else {
      await shell.complain(`alias: ${word}: not found`);
      status = 1;
    }
  }
  return status;
}

export async function which(shell: Shell, argv: readonly string[]): Promise<number> {
  const names = argv.slice(1).filter((word) => word !== '-a' && word !== '-s');
  let status = names.length === 0 ? 1 : 0;
  for (const name of names) {
    const stat = name.includes('/') ? shell.stat(name) : undefined;
    const found = !name.includes('/')
      ? searchPath(shell, name)
      : stat !== undefined && (stat.mode & S_IFMT) === S_IFREG && (stat.mode & 0o111) !== 0
        ? [name]
        : [];
    if (found.length === 0) status = 1;
    if (!argv.includes('-s')) for (const path of argv.includes('-a') ? found : found.slice(0, 1)) await shell.write(1, `${path}\n`);
  }
  return status;
}

export async function hash(shell: Shell, argv: readonly string[]): Promise<number> {
  if (argv[1] === '-r') return 0;
  let status = 0;
  for (const name of argv.slice(1)) {
    if (searchPath(shell, name).length > 0 || shell.builtins.has(name)) continue;
    await shell.complain(`hash: ${name}: not found`);
    status = 1;
  }
  return status;
}
