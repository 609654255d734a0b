/** Redirections, and the descriptors that they make. */
import { PosixError } from '../../../base/errors.ts';
import { S_IFMT, S_IFREG } from '../../../base/file-mode.ts';
import { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../../base/open-flags.ts';
import { errorText } from '../../../process/strerror.ts';
import { encodeText } from '../../../process/text.ts';
import type { Shell } from '../shell.ts';
import type { Redirection } from '../syntax/ast.ts';
import { OpenFile } from './fd-table.ts';

// Redirections.

/** Applies them, in order, to the current table. @throws {RedirectionFailure} */
export async function redirect(shell: Shell, redirections: readonly Redirection[]): Promise<void> {
  for (const redirection of redirections) await redirectOne(shell, redirection);
}

async function redirectOne(shell: Shell, redirection: Redirection): Promise<void> {
  const { operator } = redirection;
  const input = operator.startsWith('<');
  let number = redirection.fd ?? (input ? 0 : 1);
  if (redirection.variable !== undefined) {
    if ((operator === '>&' || operator === '<&') && redirection.target.source === '-') {
      shell.fds.close(Number(shell.variables.get(redirection.variable)));
      return;
    }
    number = shell.fds.free();
    shell.variables.set(redirection.variable, String(number));
  }
  if (operator === '<<' || operator === '<<-' || operator === '<<<') {
    const text = (await shell.expander.text(redirection.target)) + (operator === '<<<' ? '\n' : '');
    shell.fds.put(number, await hereDocument(shell, encodeText(text)));
    return;
  }
  const words = await shell.expander.words([redirection.target]);
  if (words.length !== 1) throw new RedirectionFailure(`${redirection.target.source}: ambiguous redirect`);
  let target = words[0] as string;
  if (operator === '>&' || operator === '<&') {
    if (target === '-') {
      shell.fds.close(number);
      return;
    }
    const moved = /^\d+-$/.test(target);
    if (moved) target = target.slice(0, -1);
    if (/^\d+$/.test(target)) {
      const source = shell.fds.get(Number(target));
      if (source === undefined) throw new RedirectionFailure(`${target}: Bad file descriptor`);
      if (Number(target) !== number) shell.fds.put(number, source.share());
      if (moved) shell.fds.close(Number(target));
      return;
    }
    if (operator === '<&' || redirection.fd !== undefined) throw new RedirectionFailure(`${target}: ambiguous redirect`);
  }
  const both = operator === '&>' || operator === '&>>' || operator === '>&';
  const append = operator === '>>' || operator === '&>>';
  const flags = operator === '<' ? O_RDONLY : operator === '<>' ? O_RDWR | O_CREAT : O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC);
  const special = /^\/dev\/(?:fd\/(\d+)|std(in|out|err))$/.exec(target);
  if (special !== null) {
    const from = special[1] !== undefined ? Number(special[1]) : special[2] === 'in' ? 0 : special[2] === 'out' ? 1 : 2;
    const source = shell.fds.get(from);
    if (source === undefined) throw new RedirectionFailure(`${target}: No such file or directory`);
    shell.fds.put(number, source.share());
    if (both) shell.fds.put(2, source.share());
    return;
  }
  let file: OpenFile;
  try {
    let extra = 0;
    if (shell.options.noclobber && (operator === '>' || operator === '&>')) {
      const stat = shell.stat(target);
      if (stat !== undefined && (stat.mode & S_IFMT) === S_IFREG) throw new RedirectionFailure(`${target}: cannot overwrite existing file`);
      if (stat === undefined) extra = O_EXCL;
    }
    if (target === '') throw new PosixError('ENOENT');
    file = new OpenFile(shell.context.calls, shell.files.open(shell.absolute(target), flags | extra, 0o666));
  } catch (error) {
    if (error instanceof PosixError) throw new RedirectionFailure(`${target}: ${errorText(error)}`);
    throw error;
  }
  shell.fds.put(number, file);
  if (both) shell.fds.put(2, file.share());
}

/** The text of a here-document as something to read: a pipe while it fits, else a file without a name. */
async function hereDocument(shell: Shell, bytes: Uint8Array): Promise<OpenFile> {
  const { calls, syscalls } = shell.context;
  if (bytes.length <= 4096) {
    const { read, write } = await calls.call('pipe', {});
    const readFd = syscalls.descriptors.adopt('pipe-read', read);
    const writeFd = syscalls.descriptors.adopt('pipe-write', write);
    if (bytes.length > 0) await calls.writeFd(writeFd, bytes);
    shell.files.close(writeFd);
    return new OpenFile(calls, readFd);
  }
  const directory = shell.files.mkdtemp('/tmp/.sh-');
  const path = `${directory}/here`;
  const out = shell.files.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  shell.files.write(out, bytes, null);
  shell.files.close(out);
  const fd = shell.files.open(path, O_RDONLY, 0);
  shell.files.unlink(path);
  shell.files.rmdir(directory);
  return new OpenFile(calls, fd);
}

/** A redirection cannot be made; its command does not run. */
export class RedirectionFailure extends Error {}
