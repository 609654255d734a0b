/** `yarn run`. */
import { resolvePath } from '../../../../paths.ts';
import type { Words } from '../../../command-line.ts';
import type { ClassicProject } from '../classic-project.ts';
import { ClassicError } from '../errors.ts';

export async function runScript(yarn: ClassicProject, [name, ...args]: readonly string[], words: Words, at?: string): Promise<number> {
  const { run } = yarn;
  const own = at ?? yarn.ownFolder;
  await yarn.begin('run', own);
  const scripts = yarn.scripts(own);
  if (name === undefined) {
    const bins = run.session.disk.list(resolvePath(own, 'node_modules/.bin')).map((entry) => entry.name);
    if (bins.length === 0) await run.err('error There are no binary scripts available.');
    else await yarn.say(`info Commands available from binary scripts: ${bins.sort().join(', ')}`);
    await yarn.say('info Project commands');
    for (const [script, command] of Object.entries(scripts).sort()) await yarn.say(`   - ${script}\n      ${command}`);
    await run.err('error No command specified.');
    return yarn.done();
  }
  if (args[0] === '--') {
    await yarn.warn(
      'From Yarn 1.0 onwards, scripts don\'t require "--" for options to be forwarded. In a future version, any explicit "--" will be forwarded as-is to the scripts.',
    );
  }
  const passed = [...(args[0] === '--' ? args.slice(1) : args), ...words.rest];
  if (scripts[name] !== undefined) {
    for (const event of [`pre${name}`, name, `post${name}`]) {
      const code = await run.script(own, event, event === name ? passed : [], { before: (command) => yarn.say(`$ ${command}`) });
      if (code !== 0) return yarn.failed(code);
    }
    return yarn.done();
  }
  const code =
    run.session.disk.exists(resolvePath(own, 'node_modules/.bin', name)) ||
    run.session.disk.exists(resolvePath(yarn.root, 'node_modules/.bin', name))
      ? await startCommand(yarn, own, [name, ...passed])
      : undefined;
  if (code === undefined) throw new ClassicError(`Command "${name}" not found.`);
  return code === 0 ? yarn.done() : yarn.failed(code);
}

async function startCommand(yarn: ClassicProject, own: string, argv: readonly string[]): Promise<number | undefined> {
  await yarn.say(`$ ${[resolvePath(own, 'node_modules/.bin', argv[0] ?? ''), ...argv.slice(1)].join(' ')}`);
  return yarn.run.program(own, argv);
}
