/** Who and where one is. */
import { defineTool } from './tool.ts';

export const clear = defineTool('clear', async (tool) => {
  await tool.stdout.write('\x1b[H\x1b[2J\x1b[3J');
});

export const id = defineTool('id', async (tool) => {
  const { uid, gid } = tool.context.syscalls.start;
  const options = tool.options({ short: 'ugnGr' });
  const name = uid === 0 ? 'root' : (tool.context.env.get('USER') ?? String(uid));
  await tool.stdout.write(
    options.has('u')
      ? `${options.has('n') ? name : uid}\n`
      : options.has('g') || options.has('G')
        ? `${options.has('n') ? name : gid}\n`
        : `uid=${uid}(${name}) gid=${gid}(${name}) groups=${gid}(${name})\n`,
  );
});

export const whoami = defineTool('whoami', async (tool) => {
  await tool.stdout.write(`${tool.context.syscalls.start.uid === 0 ? 'root' : (tool.context.env.get('USER') ?? 'user')}\n`);
});

export const hostname = defineTool('hostname', async (tool) => {
  await tool.stdout.write(`${tool.context.env.get('HOSTNAME') ?? 'localhost'}\n`);
});

export const uname = defineTool('uname', async (tool) => {
  const options = tool.options({
    short: 'asnrvmpio',
    long: {
      all: 'a',
      'kernel-name': 's',
      nodename: 'n',
      'kernel-release': 'r',
      'kernel-version': 'v',
      machine: 'm',
      processor: 'p',
      'hardware-platform': 'i',
      'operating-system': 'o',
    },
  });
  const facts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', tool.context.env.get('HOSTNAME') ?? 'localhost'],
    ['r', '6.1.0-bavini'],
    ['v', '#1'],
    ['m', 'x86_64'],
    ['o', 'GNU/Linux'],
  ];
  const wanted = facts.filter(([letter]) => options.has('a') || options.has(letter) || (options.order.length === 0 && letter === 's'));
  await tool.stdout.write(`${(wanted.length > 0 ? wanted.map(([, fact]) => fact) : ['unknown']).join(' ')}\n`);
});

export const tty = defineTool('tty', async (tool) => {
  const { calls } = tool.context;
  const silent = tool.options({ short: 's', long: { silent: 's', quiet: 's' }, failure: 2 }).has('s');
  if (!calls.isTty(0)) {
    if (!silent) await tool.stdout.write('not a tty\n');
    return 1;
  }
  const { name } = await calls.call('getTty', { handle: calls.handleOf(0) as number });
  if (!silent) await tool.stdout.write(`${name}\n`);
  return 0;
});
