/** Groups, subshells, conditions, loops and `case`. */
import { patternRegExp } from '../expansion/pattern.ts';
import type { Shell } from '../shell.ts';
import type { CompoundBody, List, Word } from '../syntax/ast.ts';
import type { CompoundCommand } from '../syntax/ast.ts';
import { assignScalar } from '../variables/assignments.ts';
import { evaluateConditional } from './conditional.ts';
import { BreakLoop } from './control-flow.ts';
import { foreground } from './job-control.ts';
import { Job } from './jobs.ts';
import { redirect } from './redirections.ts';
import { trace } from './trace.ts';

export async function runCompound(shell: Shell, command: CompoundCommand): Promise<number> {
  if (command.redirections.length === 0) return runBody(shell, command.body);
  const saved = shell.fds;
  shell.fds = saved.clone();
  const inside = shell.fds;
  try {
    await redirect(shell, command.redirections);
    return await runBody(shell, command.body);
  } finally {
    inside.closeAll();
    shell.fds = saved;
  }
}

async function runCondition(shell: Shell, list: List): Promise<number> {
  shell.errexitShields++;
  try {
    return await shell.list(list);
  } finally {
    shell.errexitShields--;
  }
}

async function runBody(shell: Shell, body: CompoundBody): Promise<number> {
  switch (body.kind) {
    case 'group':
      return shell.list(body.body);
    case 'subshell': {
      const sub = shell.fork();
      const own = shell.options.monitor && shell.job === undefined;
      if (!own) return sub.runToEnd(() => sub.list(body.body));
      const job = new Job('( … )', false);
      sub.job = job;
      return foreground(
        shell,
        job,
        sub.runToEnd(() => sub.list(body.body)),
      );
    }
    case 'if':
      for (const branch of body.branches) if ((await runCondition(shell, branch.condition)) === 0) return shell.list(branch.body);
      shell.status = 0;
      return body.otherwise === null ? 0 : shell.list(body.otherwise);
    case 'while': {
      let status = 0;
      await runLoop(shell, async () => {
        if (((await runCondition(shell, body.condition)) === 0) === body.until) return false;
        status = await shell.list(body.body);
        return true;
      });
      return status;
    }
    case 'for': {
      const values = body.words === null ? [...shell.positional] : await shell.expander.words(body.words);
      if (body.select) return runSelect(shell, body.name, values, body.body);
      let status = 0;
      let i = 0;
      await runLoop(shell, async () => {
        if (i >= values.length) return false;
        if (shell.options.xtrace) await trace(shell, `for ${body.name} in ${(body.words ?? []).map((word) => word.source).join(' ')}`);
        assignScalar(shell, body.name, values[i++] as string);
        status = await shell.list(body.body);
        return true;
      });
      return status;
    }
    case 'arithmeticFor': {
      let status = 0;
      const value = async (word: Word, empty: bigint) => (word.source.trim() === '' ? empty : shell.expander.arithmetic(word));
      await value(body.initial, 0n);
      let first = true;
      await runLoop(shell, async () => {
        if (!first) await value(body.step, 0n);
        first = false;
        if ((await value(body.condition, 1n)) === 0n) return false;
        status = await shell.list(body.body);
        return true;
      });
      return status;
    }
    case 'case': {
      const subject = await shell.expander.text(body.subject);
      let fall = false;
      let status = 0;
      for (const item of body.items) {
        let matches = fall;
        for (const pattern of matches ? [] : item.patterns) {
          if (
            patternRegExp(await shell.expander.pattern(pattern), { ignoreCase: shell.shopts.get('nocasematch') ?? false }).test(subject)
          ) {
            matches = true;
            break;
          }
        }
        if (!matches) continue;
        status = await shell.list(item.body);
        if (item.end === ';;') return status;
        fall = item.end === ';&';
      }
      return status;
    }
    case 'conditional':
      return (await evaluateConditional(shell, body.expression)) ? 0 : 1;
    case 'arithmeticCommand':
      return (await shell.expander.arithmetic(body.expression)) === 0n ? 1 : 0;
  }
}

async function runSelect(shell: Shell, name: string, values: readonly string[], body: List): Promise<number> {
  let status = 0;
  await runLoop(shell, async () => {
    await shell.write(2, values.map((value, i) => `${i + 1}) ${value}\n`).join(''));
    await shell.write(2, shell.variables.get('PS3') ?? '#? ');
    const read = shell.builtins.get('read');
    if (read === undefined || (await read(shell, ['read', '-r', 'REPLY'])) !== 0) return false;
    shell.variables.set(name, values[Number(shell.variables.get('REPLY')) - 1] ?? '');
    status = await shell.list(body);
    return true;
  });
  return status;
}

/** Until `step` says no; `break` and `continue` count loops from the inside. */
async function runLoop(shell: Shell, step: () => Promise<boolean>): Promise<void> {
  shell.loopDepth++;
  try {
    for (;;) {
      try {
        if (!(await step())) return;
      } catch (error) {
        if (!(error instanceof BreakLoop)) throw error;
        shell.status = 0;
        if (error.levels > 1 && shell.loopDepth > 1) {
          error.levels--;
          throw error;
        }
        if (error.kind === 'break') return;
      }
      if (shell.turnIsOver) await shell.giveWay();
    }
  } finally {
    shell.loopDepth--;
  }
}
