/** `bun install`. */
import type { Words } from '../../command-line.ts';
import type { DependencyField } from '../../manifest-edit.ts';
import { splitSpecifier } from '../../specifiers.ts';
import type { BunProject } from '../bun-project.ts';
import { BunError } from '../errors.ts';
import { reify, sayBlocked, sayLockfile } from '../reify.ts';
import { triedLines } from '../tried.ts';

export async function install(bun: BunProject, words: Words): Promise<number> {
  if (!bun.has('package.json'))
    throw new BunError('Bun could not find a package.json file to install from', 'note: Run "bun init" to initialize a project');
  await bun.title('install');
  const project = bun.load();
  const reified = await reify(bun, project, words, new Map());
  const { lock, result, direct, blocked, count, isIsolated } = reified;
  if (words.flags.has('lockfile-only')) return sayLockfile(bun, reified);
  if (words.flags.has('dry-run')) {
    await bun.run.out(['', ...triedLines(lock), `${bun.time} done`].join('\n'));
    return 0;
  }
  const changes = [...result.added, ...result.changed];
  const places = new Set(changes.map(({ place }) => place));
  const lines: string[] = [];
  const facts = await bun.run.facts();
  const rank = (field: DependencyField) => ['devDependencies', 'optionalDependencies', 'dependencies', 'peerDependencies'].indexOf(field);
  for (const { name, field } of [...direct].sort((a, b) => rank(a.field) - rank(b.field) || (a.name < b.name ? -1 : 1))) {
    const id = lock.packages[name]?.id;
    if (id === undefined || !places.has(`node_modules/${name}`)) continue;
    const { name: published, range: version } = splitSpecifier(id);
    const latest = facts.packument(published)?.['dist-tags']?.['latest'];
    lines.push(
      `+ ${name}@${version.replace(/^file:/, '')}${latest === undefined || latest === version || field === 'peerDependencies' ? '' : ` (v${latest} available)`}`,
    );
  }
  await bun.run.out(lines.length > 0 ? `\n${lines.join('\n')}\n` : '');
  const total = Object.keys(lock.packages).length;
  if (total === 0) {
    await bun.run.out(`${bun.time} done`);
  } else if (changes.length === 0) {
    const checked = isIsolated ? 'Done! Checked' : `Checked ${total} install${total === 1 ? '' : 's'} across`;
    await bun.run.out(`${checked} ${total + 1} packages (no changes) ${bun.time}`);
  } else {
    await bun.run.out(`${count} package${count === 1 ? '' : 's'} installed ${bun.time}`);
  }
  await sayBlocked(bun, blocked);
  return 0;
}
