/** `yarn install`. */
import type { Words } from '../../../command-line.ts';
import type { BerryProject } from '../berry-project.ts';
import { reify } from '../reify.ts';

/** Options of Yarn 1, what is said of them, and whether it ends there. */
const deprecated: Readonly<Record<string, readonly [text: string, ends?: true]>> = {
  'cache-folder': ['The cache-folder option has been deprecated; use rc settings instead', true],
  'ignore-engines': ["The --ignore-engines option is deprecated; engine checking isn't a core feature anymore", true],
  registry: ['The --registry option is deprecated; prefer setting npmRegistryServer in your .yarnrc.yml file'],
  'prefer-offline': ["The --prefer-offline flag is deprecated; use the --cached flag with 'yarn add' instead", true],
  production: ["The --production option is deprecated on 'install'; use 'yarn workspaces focus' instead", true],
  'frozen-lockfile': ['The --frozen-lockfile option is deprecated; use --immutable and/or --immutable-cache instead'],
  'non-interactive': ['The --non-interactive option is deprecated', true],
};

export async function install(yarn: BerryProject, words: Words): Promise<number> {
  const said = Object.entries(deprecated).filter(([flag]) => words.flags.has(flag));
  for (const [, [text, ends]] of said) await yarn.report.line(50, text, ends === true ? 'error' : 'warning');
  if (said.some(([, [, ends]]) => ends === true)) return 1;
  if (said.length > 0) await yarn.run.out('');
  if (!yarn.has('package.json')) yarn.write('package.json', '{}\n');
  const immutable =
    words.flags.has('frozen-lockfile') ||
    (words.flags.has('immutable') && words.flags.get('immutable') !== 'false') ||
    (yarn.settings.enableImmutableInstalls === true && !words.flags.has('no-immutable'));
  return reify(yarn, yarn.load(), new Map(), {
    immutable,
    skipBuild: words.flags.get('mode') === 'skip-build',
    lockOnly: words.flags.get('mode') === 'update-lockfile',
  });
}
