/** The shell of a person at a terminal: prompt, job notices, history. */
import { errorText } from '../../../process/strerror.ts';
import { ProcessEnded } from '../../../process/streams.ts';
import { decodeText, encodeText } from '../../../process/text.ts';
import { ShellSyntaxError } from '../syntax/ast.ts';
import { takeTerminal } from '../execution/job-control.ts';
import { Completer } from './completion.ts';
import { LineEditor } from './line-editor.ts';
import { Parser } from '../syntax/parser.ts';
import { decodePrompt } from './prompt.ts';
import { ExitShell, Interrupted } from '../execution/control-flow.ts';
import type { Shell } from '../shell.ts';

const maxHistory = 1000;

export async function runInteractive(shell: Shell): Promise<number> {
  const { calls, syscalls } = shell.context;
  shell.interactive = true;
  shell.options.monitor = true;
  shell.name = shell.name.replace(/^-?.*\//, '');
  shell.shopts.set('expand_aliases', true);
  const interrupt = () => {
    shell.interrupted = true;
    shell.interrupt.abort(new Interrupted());
    shell.interrupt = new AbortController();
  };
  syscalls.onSignal('SIGINT', interrupt);
  shell.dispositions.set('SIGINT', interrupt);
  for (const signal of ['SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGTERM', 'SIGQUIT'] as const) {
    syscalls.notify({ kind: 'disposition', signal, action: 'ignore' });
    shell.dispositions.set(signal, null);
  }
  if (shell.variables.get('PS1') === undefined) shell.variables.set('PS1', '\\w $ ');
  if (shell.variables.get('PS2') === undefined) shell.variables.set('PS2', '> ');
  const historyFile = shell.variables.get('HISTFILE') ?? `${shell.variables.get('HOME') ?? '/root'}/.sh_history`;
  try {
    shell.history = decodeText(shell.files.readFile(historyFile))
      .split('\n')
      .filter((line) => line !== '')
      .slice(-maxHistory);
  } catch {
    // No history yet.
  }
  try {
    await takeTerminal(shell);
  } catch (error) {
    if (error instanceof ProcessEnded) throw error;
    shell.options.monitor = false; // Not the leader of the terminal's session: no job control.
  }
  const handle = calls.handleOf(0);
  const editor =
    handle === undefined || !calls.isTty(0)
      ? undefined
      : new LineEditor(calls, handle, shell.history, new Completer(shell), () => shell.interrupt.signal);
  if (editor !== undefined) syscalls.onSignal('SIGWINCH', () => editor.resized());
  try {
    for (;;) {
      await tellJobs(shell);
      let text: string | null = null;
      try {
        text = await readCommand(shell, editor);
        // A key that was hit between the end of the line and its first command.
        if (shell.interrupted as boolean) throw new Interrupted();
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        shell.status = 130;
        continue;
      }
      if (text === null) {
        if (shell.jobs.list.some((job) => job.stopped) && !warned.has(shell)) {
          warned.add(shell);
          await shell.write(2, 'There are stopped jobs.\n');
          continue;
        }
        await shell.write(2, 'exit\n');
        return shell.status;
      }
      if (text.trim() === '') continue;
      remember(shell, text, historyFile);
      try {
        shell.line = 1;
        shell.status = await shell.evaluate(text);
      } catch (error) {
        if (error instanceof Interrupted) shell.status = 130;
        else if (error instanceof ExitShell) {
          const trap = shell.traps.get('EXIT');
          if (trap) await shell.evaluate(trap);
          return error.status;
        } else if (error instanceof ProcessEnded) throw error;
        else {
          await shell.complain(errorText(error));
          shell.status = 1;
        }
      }
      shell.interrupted = false;
      await takeTerminal(shell);
    }
  } finally {
    if (!calls.signal.aborted)
      for (const job of shell.jobs.list)
        if (job.stopped && job.pgid !== undefined) syscalls.call('kill', { target: -job.pgid, signal: 'SIGHUP' }, () => undefined);
  }
}

const warned = new WeakSet<Shell>();

function remember(shell: Shell, text: string, file: string): void {
  const line = text.trimEnd();
  if (line === shell.history.at(-1) || line.startsWith(' ')) return;
  shell.history.push(line);
  if (shell.history.length > maxHistory) shell.history.shift();
  if (line.includes('\n')) return;
  try {
    const fd = shell.files.open(file, 0o2101, 0o600); // O_WRONLY | O_CREAT | O_APPEND
    shell.files.write(fd, encodeText(`${line}\n`), null);
    shell.files.close(fd);
  } catch {
    // A home that cannot be written: history lasts as long as the shell.
  }
}

async function tellJobs(shell: Shell): Promise<void> {
  for (const job of [...shell.jobs.list]) {
    if (!job.finished) continue;
    await shell.write(2, `${job.describe(shell.jobs.marker(job))}\n`);
    if (job.pid !== undefined) shell.endedJobs.set(job.pid, job.status);
    shell.jobs.remove(job);
  }
}

/** A complete command, over as many lines as it needs; null at the end of input. */
async function readCommand(shell: Shell, editor: LineEditor | undefined): Promise<string | null> {
  let text = '';
  for (;;) {
    const prompt = await decodePrompt(shell, shell.variables.get(text === '' ? 'PS1' : 'PS2') ?? '');
    shell.interrupted = false;
    const line = editor === undefined ? await plainLine(shell, prompt) : await editor.readLine(prompt);
    if (line === null) {
      if (text === '') return null;
      await shell.write(2, `${shell.name}: syntax error: unexpected end of file\n`);
      throw new Interrupted();
    }
    text += `${line}\n`;
    try {
      const parser = new Parser(text, { aliases: shell.aliases, interactive: true });
      while (parser.next() !== null) continue;
      return text;
    } catch (error) {
      if (error instanceof ShellSyntaxError && error.incomplete) continue;
      return text; // The evaluator tells what is wrong.
    }
  }
}

/** Without a terminal (`sh -i` on a pipe). */
async function plainLine(shell: Shell, prompt: string): Promise<string | null> {
  await shell.write(2, prompt);
  const file = shell.fds.need(0);
  let text = '';
  for (;;) {
    const chunk = file.held.length > 0 ? file.held : await shell.context.calls.readFd(file.fd as number);
    file.held = new Uint8Array(0);
    if (chunk.length === 0) return text === '' ? null : text;
    const end = chunk.indexOf(10);
    if (end < 0) {
      text += decodeText(chunk);
      continue;
    }
    file.held = chunk.slice(end + 1);
    return text + decodeText(chunk.subarray(0, end));
  }
}
