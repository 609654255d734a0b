/** `yarn add`. */
import semver from 'semver';
import { addedRemote } from '../../../added-remote.ts';
import { remoteSpecifier } from '../../../remote-specifier.ts';
import { fieldByFlags, isFolder, parseAdded, type Words } from '../../../command-line.ts';
import { manifestPathOf } from '../../../manager-project.ts';
import type { DependencyField } from '../../../manifest-edit.ts';
import { aliasOf, splitSpecifier } from '../../../specifiers.ts';
import { savedRange } from '../../../saved-range.ts';
import type { BerryProject } from '../berry-project.ts';
import { PreparationError, UsageError } from '../errors.ts';
import { usageLine } from '../options.ts';
import { reify } from '../reify.ts';
import { install } from './install.ts';

const fieldFlags: Readonly<Record<string, DependencyField>> = {
  dev: 'devDependencies',
  peer: 'peerDependencies',
  optional: 'optionalDependencies',
};

const usage = `\n\n$ ${usageLine('add')}`;

export async function add(yarn: BerryProject, words: Words, texts: readonly string[]): Promise<number> {
  if (texts.length === 0) return install(yarn, words);
  const path = manifestPathOf(yarn.ownWorkspace());
  const edit = yarn.edit(path);
  yarn.report.begin();
  for (const text of texts) {
    const { name, range } = await added(yarn, text, words).catch((error: unknown) => {
      throw error instanceof UsageError ? error : new PreparationError(text, error);
    });
    const there = edit.where(name);
    if (there === 'dependencies' && (words.flags.has('dev') || words.flags.has('peer'))) {
      throw new UsageError(
        `Package "${name}" is already listed as a regular dependency - remove the -D,-P flags or remove it from your dependencies first${usage}`,
      );
    }
    const field = fieldByFlags(words, fieldFlags, there === undefined || there === 'peerDependencies' ? 'dependencies' : there);
    edit.set(field, name, range);
  }
  const changed = new Map([[path, edit.text]]);
  return reify(yarn, yarn.load(changed), changed, { skipBuild: words.flags.get('mode') === 'skip-build' });
}

export async function added(yarn: BerryProject, text: string, words: Words): Promise<{ readonly name: string; readonly range: string }> {
  const address = /^(?:https?:|git@github)/.exec(text)?.[0];
  if (address !== undefined) {
    throw new UsageError(
      `It seems you are trying to add a package using a ${address}... url; we now require package names to be explicitly specified.\nTry running the command again with the package name prefixed: yarn add my-package@${address}...${usage}`,
    );
  }
  const { name: given, range: behind } = splitSpecifier(text);
  if (behind !== '' && remoteSpecifier(text) === undefined && remoteSpecifier(behind) !== undefined) return { name: given, range: behind };
  const remote = /^\.{0,2}\//.test(text) ? await addedRemote(yarn, text, yarn.ownWorkspace()) : undefined;
  if (remote !== undefined) return remote;
  const parsed = parseAdded(text);
  if (parsed === undefined) {
    const name = isFolder(text) ? yarn.run.folderName(text) : undefined;
    if (name === undefined) {
      throw new UsageError(
        `The ${text} string didn't match the required format (package-name@range). Did you perhaps forget to explicitly reference the package name?${usage}`,
      );
    }
    return { name, range: /^[a-z]+:/.test(text) ? text : `file:${text}` };
  }
  const { name, range } = parsed;
  const alias = aliasOf(range);
  if (yarn.load().workspaces.some(({ folder, manifest }) => folder !== '' && manifest.name === name) && range === '')
    return { name, range: 'workspace:^' };
  if (/^(?:workspace|file|link|portal|catalog):/.test(range)) return { name, range };
  if (range === '' && words.flags.has('peer') && !words.flags.has('dev')) return { name, range: '*' };
  const prefix = words.flags.has('exact') ? '' : words.flags.has('tilde') ? '~' : (yarn.settings.defaultSemverRangePrefix ?? '^');
  // What a range leads to is said when all is resolved.
  if (alias === undefined && semver.validRange(range) !== null && range !== '') return parsed;
  return { name, range: await savedRange(await yarn.run.facts(), parsed, { prefix, pick: { avoidDeprecated: true } }) };
}
