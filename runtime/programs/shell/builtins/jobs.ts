/** Built-ins about processes and jobs. */
import { PosixError } from '../../../base/errors.ts';
import { signalName, signalNumbers, type SignalName } from '../../../base/signals.ts';
import { errorText } from '../../../process/strerror.ts';
import type { Builtin } from './builtin.ts';
import { signalTable } from '../execution/signal-texts.ts';
import { foreground, giveTerminal } from '../execution/job-control.ts';
import type { Job } from '../execution/jobs.ts';
import type { Shell } from '../shell.ts';

async function kill(shell: Shell, argv: readonly string[]): Promise<number> {
  let signal: SignalName | 0 = 'SIGTERM';
  let targets = argv.slice(1);
  const parse = (text: string): SignalName | 0 | undefined => {
    if (text === '0' || text.toUpperCase() === 'EXIT') return 0;
    if (/^\d+$/.test(text)) return signalName(Number(text));
    const full = text.toUpperCase().startsWith('SIG') ? text.toUpperCase() : `SIG${text.toUpperCase()}`;
    return full in signalNumbers ? (full as SignalName) : undefined;
  };
  const [first] = targets;
  if (first === '-l' || first === '-L') {
    if (targets.length > 1) {
      let status = 0;
      for (const word of targets.slice(1)) {
        const number = Number(word);
        const known = Number.isNaN(number) ? parse(word) : number === 0 ? 0 : signalName(number > 128 ? number - 128 : number);
        if (known === undefined) {
          await shell.complain(`kill: ${word}: invalid signal specification`);
          status = 1;
        } else
          await shell.write(
            1,
            `${known === 0 ? (Number.isNaN(number) ? 0 : 'EXIT') : Number.isNaN(number) ? signalNumbers[known] : known.slice(3)}\n`,
          );
      }
      return status;
    }
    await shell.write(1, signalTable());
    return 0;
  }
  if (first === '-s' || first === '-n') {
    if (targets[1] === undefined) {
      await shell.complain(`kill: ${first}: option requires an argument`);
      return 1;
    }
    const found = parse(targets[1]);
    if (found === undefined) {
      await shell.complain(`kill: ${targets[1]}: invalid signal specification`);
      return 1;
    }
    signal = found;
    targets = targets.slice(2);
  } else if (first !== undefined && /^-[^-]/.test(first) && first !== '--') {
    const found = parse(first.slice(1));
    if (found === undefined) {
      await shell.complain(`kill: ${first.slice(1)}: invalid signal specification`);
      return 1;
    }
    signal = found;
    targets = targets.slice(1);
  }
  if (targets[0] === '--') targets = targets.slice(1);
  if (targets.length === 0) {
    await shell.write(2, 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n');
    return 2;
  }
  let status = 0;
  for (const target of targets) {
    let number: number;
    if (target.startsWith('%')) {
      const job = shell.jobs.find(target);
      if (job === undefined) {
        await shell.complain(`kill: ${target}: no such job`);
        status = 1;
        continue;
      }
      number = shell.options.monitor && job.pgid !== undefined ? -job.pgid : (job.pid ?? 0);
    } else if (/^-?\d+$/.test(target)) number = Number(target);
    else {
      await shell.complain(`kill: ${target}: arguments must be process or job IDs`);
      status = 1;
      continue;
    }
    try {
      await shell.context.calls.call('kill', { target: number, signal });
      const stopped = shell.jobs.list.find((job) => job.stopped && (job.pgid === -number || job.pid === number));
      if (stopped !== undefined && signal !== 'SIGCONT' && signal !== 0)
        await shell.context.calls.call('kill', { target: number, signal: 'SIGCONT' });
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      await shell.complain(`kill: (${target}) - ${errorText(error)}`);
      status = 1;
    }
  }
  await shell.context.calls.yield(); // A trap of our own runs before the next command.
  return status;
}

async function wait(shell: Shell, argv: readonly string[]): Promise<number> {
  const words = argv.slice(1).filter((word) => !/^-[nfp]/.test(word));
  const interrupted = new Promise<'interrupted'>((resolve) =>
    shell.interrupt.signal.addEventListener('abort', () => resolve('interrupted'), { once: true }),
  );
  const waitFor = async (job: Job): Promise<number> => {
    const result = await Promise.race([job.result, interrupted]);
    if (result === 'interrupted') return 128 + (shell.pendingSignals[0] === undefined ? 2 : signalNumbers[shell.pendingSignals[0]]);
    shell.jobs.remove(job);
    return result;
  };
  if (argv.includes('-n')) {
    const list = [...shell.jobs.list];
    if (list.length === 0) return 127;
    const first = await Promise.race(list.map((job) => job.result.then(() => job)));
    return waitFor(first);
  }
  if (words.length === 0) {
    for (const job of [...shell.jobs.list]) {
      if (job.stopped) continue;
      const status = await waitFor(job);
      if (!job.finished) return status;
    }
    return 0;
  }
  let status = 0;
  for (const word of words) {
    const job = word.startsWith('%')
      ? shell.jobs.find(word)
      : shell.jobs.list.find((candidate) => candidate.children.some((child) => child.pid === Number(word)));
    if (job === undefined) {
      const ended = shell.endedJobs.get(Number(word));
      if (ended !== undefined) status = ended;
      else if (word.startsWith('%')) {
        await shell.complain(`wait: ${word}: no such job`);
        status = 127;
      } else if (!/^\d+$/.test(word)) {
        await shell.complain(`wait: \`${word}': not a pid or valid job spec`);
        status = 1;
      } else {
        await shell.complain(`wait: pid ${word} is not a child of this shell`);
        status = 127;
      }
      continue;
    }
    status = await waitFor(job);
    if (job.pid !== undefined) shell.endedJobs.set(job.pid, status);
  }
  return status;
}

async function jobs(shell: Shell, argv: readonly string[]): Promise<number> {
  const long = argv.includes('-l');
  const only = argv.includes('-p');
  const named = argv.slice(1).filter((word) => !word.startsWith('-'));
  let status = 0;
  for (const name of named) {
    if (shell.jobs.find(name) !== undefined) continue;
    await shell.complain(`jobs: ${name}: no such job`);
    status = 1;
  }
  for (const job of [...shell.jobs.list]) {
    if (named.length > 0 && !named.some((name) => shell.jobs.find(name) === job)) continue;
    if (argv.includes('-r') && (job.finished || job.stopped)) continue;
    if (argv.includes('-s') && !job.stopped) continue;
    await shell.write(1, only ? `${job.pid ?? ''}\n` : `${job.describe(shell.jobs.marker(job), long)}\n`);
    if (job.finished) shell.jobs.remove(job);
  }
  return status;
}

async function resume(shell: Shell, argv: readonly string[]): Promise<number> {
  const name = argv[0] as string;
  if (!shell.options.monitor) {
    await shell.complain(`${name}: no job control`);
    return 1;
  }
  const job = shell.jobs.find(argv[1] ?? '%+');
  if (job === undefined || job.finished) {
    await shell.complain(`${name}: ${argv[1] ?? 'current'}: no such job`);
    return 1;
  }
  const inFront = name === 'fg';
  // Before it is named: whoever reads the name may type Ctrl-C at once, which is for the job.
  if (inFront) await giveTerminal(shell, job);
  await shell.write(1, inFront ? `${job.source}\n` : `[${job.id}]${shell.jobs.marker(job)} ${job.source} &\n`);
  for (const child of job.children) if (child.state === 'stopped') child.state = 'running';
  if (job.pgid !== undefined) await shell.context.calls.call('kill', { target: -job.pgid, signal: 'SIGCONT' });
  if (inFront) return foreground(shell, job);
  job.background = true;
  return 0;
}

async function disown(shell: Shell, argv: readonly string[]): Promise<number> {
  for (const job of argv.includes('-a') ? [...shell.jobs.list] : [shell.jobs.find(argv[1] ?? '%+')])
    if (job !== undefined) shell.jobs.remove(job);
  return 0;
}

export const jobBuiltins = { kill, wait, jobs, fg: resume, bg: resume, disown } as const satisfies Readonly<Record<string, Builtin>>;
