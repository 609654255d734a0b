/** `bun add`. */
import { addedRemote } from '../../added-remote.ts';
import { fieldByFlags, isFolder, parseAdded, type Words } from '../../command-line.ts';
import type { DependencyField } from '../../manifest-edit.ts';
import { savedRange } from '../../saved-range.ts';
import { commandsOf } from '../../project.ts';
import { splitSpecifier } from '../../specifiers.ts';
import type { BunProject } from '../bun-project.ts';
import { BunError } from '../errors.ts';
import { reify, sayBlocked, sayLockfile } from '../reify.ts';
import { triedLines } from '../tried.ts';
import { manifestsOf } from '../selection.ts';

const fieldFlags: Readonly<Record<string, DependencyField>> = {
  dev: 'devDependencies',
  optional: 'optionalDependencies',
  peer: 'peerDependencies',
  'save-prod': 'dependencies',
};

export async function add(bun: BunProject, words: Words, texts: readonly string[]): Promise<number> {
  await bun.title('add');
  if (texts.length === 0) throw new BunError('no package specified to add');
  if (!bun.has('package.json')) bun.write('package.json', '{}\n');
  const edits = new Map(manifestsOf(bun, words).map((path) => [path, bun.edit(path)]));
  const names: string[] = [];
  for (const text of texts) {
    const { name, range } = await added(bun, text, words);
    for (const edit of edits.values()) edit.set(fieldByFlags(words, fieldFlags, edit.where(name) ?? 'dependencies'), name, range);
    names.push(name);
  }
  const changed = new Map([...edits].map(([path, { text }]) => [path, text]));
  const reified = await reify(bun, bun.load(changed), words, changed);
  const { lock, result, direct, blocked, count } = reified;
  if (words.flags.has('lockfile-only')) return sayLockfile(bun, reified);
  await bun.run.out('');
  if (words.flags.has('dry-run')) for (const line of triedLines(lock, names)) if (!line.startsWith('installed')) await bun.run.out(line);
  const places = new Set([...result.added, ...result.changed].map(({ place }) => place));
  const others = direct.filter(({ name }) => !names.includes(name) && places.has(`node_modules/${name}`)).map(({ name }) => name);
  for (const name of others) await bun.run.out(`+ ${name}@${splitSpecifier(lock.packages[name]?.id ?? '').range}`);
  if (others.length > 0) await bun.run.out('');
  for (const name of names) {
    const row = lock.packages[name];
    if (row === undefined) continue;
    const { name: published, range: version } = splitSpecifier(row.id);
    const shown = published === name ? version.replace(/^file:/, '') : `npm:${published}@${version}`;
    const bins = Object.keys(commandsOf({ name: published, bin: row.info.bin }));
    await bun.run.out(
      `installed ${name}@${shown}${bins.length === 0 ? '' : ` with binaries:\n${bins.map((bin) => ` - ${bin}`).join('\n')}`}`,
    );
  }
  await bun.run.out(`\n${count === 0 ? `${bun.time} done` : `${count} package${count === 1 ? '' : 's'} installed ${bun.time}`}`);
  await sayBlocked(bun, blocked);
  return 0;
}

export async function added(bun: BunProject, text: string, words: Words): Promise<{ readonly name: string; readonly range: string }> {
  const remote = await addedRemote(bun, text, bun.ownWorkspace());
  if (remote !== undefined) return remote;
  const parsed = parseAdded(text);
  if (parsed === undefined) {
    if (!isFolder(text)) throw new BunError(`unrecognised dependency format: ${text}`);
    const name = bun.run.folderName(text);
    if (name === undefined)
      throw new BunError(`package.json not found for "file:${text}" dependency "${text}"`, `error: ${text} failed to resolve`);
    return { name, range: text };
  }
  const prefix = words.flags.has('exact') ? '' : '^';
  return { name: parsed.name, range: await savedRange(await bun.run.facts(), parsed, { prefix, pick: { preferLatest: true } }) };
}
