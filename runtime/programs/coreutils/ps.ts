/** `ps`. */
import type { ProcessRow } from '../../wires/process-wire.ts';
import { formatTime } from '../../base/format-time.ts';
import { defineTool, ToolExit, type Tool } from './tool.ts';

interface Column {
  readonly title: string;
  readonly width: number;
  /** Numbers stand to the right. */
  readonly right?: boolean;
  readonly of: (row: ProcessRow, tool: Tool) => string;
}

const states = { running: 'S', stopped: 'T', zombie: 'Z' } as const;
const two = (n: number) => String(n).padStart(2, '0');
const ttyOf = (row: ProcessRow) => (row.tty ?? '?').replace('/dev/', '');
const nameOf = (row: ProcessRow) => `${row.command.split(' ')[0]?.replace(/^.*\//, '') ?? ''}${row.state === 'zombie' ? ' <defunct>' : ''}`;
const userOf = (_: ProcessRow, tool: Tool) =>
  tool.context.syscalls.start.uid === 0 ? 'root' : (tool.context.env.get('USER') ?? String(tool.context.syscalls.start.uid));
const elapsed = (row: ProcessRow) => Math.max(0, Math.floor((Date.now() - row.startedMs) / 1000));
const started = (row: ProcessRow, tool: Tool) =>
  formatTime(elapsed(row) < 86_400 ? '%H:%M' : '%b%d', new Date(row.startedMs), tool.context.env.get('TZ') === 'UTC');
const elapsedText = (row: ProcessRow) => {
  const seconds = elapsed(row);
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const hours = Math.floor(seconds / 3600);
  return hours === 0 ? clock : `${hours >= 24 ? `${Math.floor(hours / 24)}-` : ''}${two(hours % 24)}:${clock}`;
};
const column = (title: string, width: number, of: Column['of'], right = false): Column => ({ title, width, of, right });

/** By the names that `-o` takes. What no engine of a browser tells (time on the processor, memory) is zero. */
const columns: Readonly<Record<string, Column>> = {
  pid: column('PID', 5, (row) => String(row.pid), true),
  ppid: column('PPID', 5, (row) => String(row.ppid), true),
  pgid: column('PGID', 5, (row) => String(row.pgid), true),
  sid: column('SID', 5, (row) => String(row.sid), true),
  tty: column('TTY', 8, ttyOf),
  time: column('TIME', 8, () => '00:00:00', true),
  bsdtime: column('TIME', 6, () => '0:00', true),
  etime: column('ELAPSED', 11, elapsedText, true),
  etimes: column('ELAPSED', 7, (row) => String(elapsed(row)), true),
  comm: column('COMMAND', 15, nameOf),
  cmd: column('CMD', 27, (row) => row.command),
  ucmd: column('CMD', 15, nameOf),
  args: column('COMMAND', 27, (row) => row.command),
  s: column('S', 1, (row) => states[row.state]),
  stat: column('STAT', 4, (row) => `${states[row.state]}${row.sid === row.pid ? 's' : ''}`),
  user: column('USER', 8, userOf),
  uid: column('UID', 5, (_, tool) => String(tool.context.syscalls.start.uid), true),
  uname: column('UID', 8, userOf),
  c: column('C', 2, () => '0', true),
  pcpu: column('%CPU', 4, () => '0.0', true),
  pmem: column('%MEM', 4, () => '0.0', true),
  vsz: column('VSZ', 6, () => '0', true),
  rss: column('RSS', 5, () => '0', true),
  stime: column('STIME', 5, started),
  start: column('START', 5, started, true),
};
const synonyms: Readonly<Record<string, string>> = {
  command: 'args',
  cmdline: 'args',
  ucomm: 'comm',
  tt: 'tty',
  tname: 'tty',
  state: 's',
  pgrp: 'pgid',
  sess: 'sid',
  session: 'sid',
  '%cpu': 'pcpu',
  '%mem': 'pmem',
  euser: 'user',
  ruser: 'user',
  vsize: 'vsz',
  rssize: 'rss',
  start_time: 'stime',
  cputime: 'time',
};
const formats = {
  plain: 'pid,tty,time,ucmd',
  full: 'uname,pid,ppid,c,stime,tty,time,cmd',
  user: 'user,pid,pcpu,pmem,vsz,rss,tty,stat,start,bsdtime,args',
  bsd: 'pid,tty,stat,bsdtime,args',
  jobs: 'pid,pgid,sid,tty,time,ucmd',
} as const;
const usage = `
Usage:
 ps [options]

 Try 'ps --help <simple|list|output|threads|misc|all>'
  or 'ps --help <s|l|o|t|m|a>'
 for additional help text.

For more details see ps(1).
`;

export const ps = defineTool('ps', async (tool) => {
  let format: keyof typeof formats = 'plain';
  const chosen: Column[] = [];
  let every = false;
  let anyTty = false;
  const pids: number[] = [];
  const refuse = (message: string): never => {
    throw new ToolExit(1, `error: ${message}\n${usage}`);
  };
  const choose = (list: string) => {
    for (const word of list.split(/[, ]+/).filter((part) => part !== '')) {
      const [name = '', title] = word.split('=') as [string, string?];
      const known =
        columns[synonyms[name.toLowerCase()] ?? name.toLowerCase()] ?? refuse(`unknown user-defined format specifier "${name}"`);
      chosen.push(title === undefined ? known : { ...known, title });
    }
  };
  const args = [...tool.args];
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (/^\d+$/.test(arg)) {
      pids.push(Number(arg));
      continue;
    }
    const long = /^--(pid|format)(?:=(.*))?$/.exec(arg);
    if (long !== null) {
      const value = long[2] ?? args.shift() ?? refuse('list of process IDs must follow -p');
      if (long[1] === 'format') choose(value);
      else pids.push(...value.split(/[, ]+/).map(Number));
      continue;
    }
    const dashed = arg.startsWith('-');
    const letters = arg.replace(/^-/, '');
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i] as string;
      if (letter === 'o' || letter === 'p') {
        const value =
          letters.slice(i + 1) ||
          (args.shift() ?? refuse(letter === 'o' ? 'format specification must follow -o' : 'list of process IDs must follow -p'));
        if (letter === 'o') choose(value);
        else pids.push(...value.split(/[, ]+/).map(Number));
        break;
      }
      if (dashed && 'eA'.includes(letter)) every = true;
      else if (dashed && 'ad'.includes(letter)) every = anyTty = true;
      else if (dashed && 'fF'.includes(letter)) format = 'full';
      else if (dashed && letter === 'j') format = 'jobs';
      else if (dashed && 'lwyHL'.includes(letter)) continue;
      else if (!dashed && 'ax'.includes(letter)) {
        every = true;
        anyTty = letter === 'a' && !letters.includes('x');
        if (format === 'plain') format = 'bsd';
      } else if (!dashed && letter === 'u') format = 'user';
      else if (!dashed && letter === 'j') format = 'jobs';
      else if (!dashed && 'wfelnS'.includes(letter)) continue;
      else refuse('unsupported SysV option'.replace('SysV', dashed ? 'SysV' : 'BSD'));
    }
  }
  if (chosen.length === 0) choose(formats[format]);
  const { rows } = await tool.context.calls.call('processes', {});
  const own = rows.find((row) => row.pid === tool.context.syscalls.start.pid);
  const shown = rows.filter((row) =>
    pids.length > 0 ? pids.includes(row.pid) : every ? !anyTty || row.tty !== null : own === undefined || row.tty === own.tty,
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => {
        const { width, right } = chosen[i] as Column;
        return i === cells.length - 1 && right !== true ? cell : right === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(' ');
  if (chosen.some(({ title }) => title !== '')) await tool.stdout.write(`${line(chosen.map(({ title }) => title))}\n`);
  for (const row of shown) await tool.stdout.write(`${line(chosen.map(({ of }) => of(row, tool)))}\n`);
  return pids.length > 0 && shown.length === 0 ? 1 : 0;
});
