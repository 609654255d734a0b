/** `find`. */
import { S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../../base/file-mode.ts';
import { runCommand } from './commands.ts';
import { globToRegExp } from './glob-pattern.ts';
import { quoted } from './quoting.ts';
import type { Tool } from './tool.ts';
import { baseName, defineTool, joinPath, ToolExit } from './tool.ts';

/** One test or action of `find`, on a path; whether it holds. */
type Predicate = (path: string, stat: ReturnType<Tool['files']['lstat']>) => Promise<boolean>;

export const find = defineTool('find', async (tool) => {
  const args = [...tool.args];
  const starts: string[] = [];
  while (args.length > 0 && !/^[-(!]/.test(args[0] as string)) starts.push(args.shift() as string);
  let at = 0;
  let acts = false;
  let depthFirst = false;
  let maxDepth = Infinity;
  let minDepth = 0;
  let pruned = false;
  const fail = (message: string): never => {
    throw new ToolExit(1, `find: ${message}\n`);
  };
  const value = (name: string): string => args[at++] ?? fail(`missing argument to \`${name}'`);
  const typeBits: Readonly<Record<string, number>> = { f: S_IFREG, d: S_IFDIR, l: S_IFLNK, c: S_IFCHR, s: S_IFSOCK, p: S_IFIFO };
  const primary = (): Predicate => {
    const name = args[at++];
    switch (name) {
      case '(': {
        const inner = either();
        if (args[at++] !== ')') fail("invalid expression; expected to find a ')' but didn't see one");
        return inner;
      }
      case '!':
      case '-not': {
        const inner = primary();
        return async (path, stat) => !(await inner(path, stat));
      }
      case '-name':
      case '-iname': {
        const pattern = globToRegExp(value(name), name === '-iname');
        return (path) => Promise.resolve(pattern.test(baseName(path)));
      }
      case '-path':
      case '-wholename': {
        const pattern = globToRegExp(value(name), false);
        return (path) => Promise.resolve(pattern.test(path));
      }
      case '-type': {
        const given = value(name);
        const wanted = given.split(',').map((letter) => typeBits[letter] ?? fail(`Unknown argument to -type: ${letter}`));
        return (_, stat) => Promise.resolve(wanted.includes(stat.mode & S_IFMT));
      }
      case '-empty':
        return (path, stat) =>
          Promise.resolve(
            (stat.mode & S_IFMT) === S_IFDIR ? tool.files.readdir(path).length === 0 : (stat.mode & S_IFMT) === S_IFREG && stat.size === 0,
          );
      case '-size': {
        const match = /^([-+]?)(\d+)([cwbkMG]?)$/.exec(value(name)) ?? fail("invalid argument to `-size'");
        const unit = { c: 1, w: 2, b: 512, '': 512, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[3] as 'c'];
        return (_, { size }) => {
          const units = Math.ceil(size / unit);
          return Promise.resolve(
            match[1] === '+' ? units > Number(match[2]) : match[1] === '-' ? units < Number(match[2]) : units === Number(match[2]),
          );
        };
      }
      case '-maxdepth':
        maxDepth = Number(value(name));
        return () => Promise.resolve(true);
      case '-mindepth':
        minDepth = Number(value(name));
        return () => Promise.resolve(true);
      case '-depth':
        depthFirst = true;
        return () => Promise.resolve(true);
      case '-true':
        return () => Promise.resolve(true);
      case '-prune':
        return () => {
          pruned = true;
          return Promise.resolve(true);
        };
      case '-print':
      case '-print0':
        acts = true;
        return async (path) => {
          await tool.stdout.write(`${path}${name === '-print0' ? '\0' : '\n'}`);
          return true;
        };
      case '-delete':
        acts = depthFirst = true;
        return async (path, stat) => {
          try {
            if ((stat.mode & S_IFMT) === S_IFDIR) tool.files.rmdir(path);
            else tool.files.unlink(path);
            return true;
          } catch (error) {
            await tool.warnError(`cannot delete ${quoted(path)}`, error);
            return false;
          }
        };
      case '-exec': {
        acts = true;
        const command: string[] = [];
        while (args[at] !== ';' && !(args[at] === '+' && command.at(-1) === '{}')) command.push(value(name));
        const many = args[at++] === '+';
        if (!many)
          return async (path) =>
            (await runCommand(
              tool,
              command.map((word) => word.replaceAll('{}', path)),
            )) === 0;
        const paths: string[] = [];
        finish.push(async () => {
          if (paths.length > 0 && (await runCommand(tool, [...command.slice(0, -1), ...paths])) !== 0) tool.status = 1;
        });
        return (path) => {
          paths.push(path);
          return Promise.resolve(true);
        };
      }
      default:
        return fail(
          name === undefined
            ? 'invalid expression'
            : name.startsWith('-')
              ? `unknown predicate \`${name}'`
              : `paths must precede expression: '${name}'`,
        );
    }
  };
  const finish: (() => Promise<void>)[] = [];
  const both = (): Predicate => {
    const list = [primary()];
    while (at < args.length && args[at] !== '-o' && args[at] !== '-or' && args[at] !== ')') {
      if (args[at] === '-a' || args[at] === '-and') at++;
      list.push(primary());
    }
    return async (path, stat) => {
      for (const predicate of list) if (!(await predicate(path, stat))) return false;
      return true;
    };
  };
  const either = (): Predicate => {
    const list = [both()];
    while (args[at] === '-o' || args[at] === '-or') {
      at++;
      list.push(both());
    }
    return async (path, stat) => {
      for (const predicate of list) if (await predicate(path, stat)) return true;
      return false;
    };
  };
  const expression: Predicate = args.length === 0 ? () => Promise.resolve(true) : either();
  if (at < args.length) fail(`paths must precede expression: '${args[at]}'`);
  const visit = async (path: string, depth: number): Promise<void> => {
    let stat;
    try {
      stat = tool.files.lstat(path);
    } catch (error) {
      await tool.warnError(quoted(path), error);
      return;
    }
    pruned = false;
    const test = async () => {
      if (depth >= minDepth && (await expression(path, stat)) && !acts) await tool.stdout.write(`${path}\n`);
    };
    if (!depthFirst) await test();
    if ((stat.mode & S_IFMT) === S_IFDIR && depth < maxDepth && (depthFirst || !pruned)) {
      try {
        for (const { name } of tool.files.readdir(path)) await visit(joinPath(path, name), depth + 1);
      } catch (error) {
        await tool.warnError(quoted(path), error);
      }
      await tool.context.calls.yield();
    }
    if (depthFirst) await test();
  };
  for (const path of starts.length === 0 ? ['.'] : starts) await visit(path, 0);
  for (const last of finish) await last();
});
