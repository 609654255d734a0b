/** What would be published: complete, and nothing more. */
import { existsSync, readFileSync } from 'node:fs';
import { outcomeOf, run } from './report.ts';
import type { Outcome } from './report.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly types?: string;
  /** The types of exports for TypeScript's `node10` resolution, which knows no exports. */
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> };
  readonly main?: string;
  readonly customElements?: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies?: object;
  readonly optionalDependencies?: object;
  readonly scripts: Readonly<Record<string, string>>;
}

const expected =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/([\w-]+\.jsx?|bundled\/[\w-]+\.(js|js\.txt)|bavini\.css|[\w-]+\.wasm|[\w-]+\.tar\.gz|custom-elements\.json|THIRD-PARTY-LICENSES\.txt|chunks\/[\w.-]+\.js|preview-host\/[\w.-]+|cli\/bavini\.js|types\/.+\.d\.ts))$/;

/** Types for users of these, who have them. */
const frameworkTypes = /^dist\/types\/components\/frameworks\//;
const frameworks = /['"](react|preact|solid-js|vue|svelte\/elements)['"]/g;

export async function checkPackage(): Promise<Outcome> {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const { code, output } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error']);
  if (code !== 0) return outcomeOf([output]);
  const [packed] = JSON.parse(output.slice(output.indexOf('['))) as {
    files: { path: string; size: number }[];
    size: number;
    unpackedSize: number;
  }[];
  if (packed === undefined) return outcomeOf(['npm pack lists no package']);
  const files = packed.files.map(({ path }) => path);
  const problems = files.filter((path) => !expected.test(path)).map((path) => `${path} would be published and is not expected`);

  const targets = [
    manifest.types,
    manifest.main,
    manifest.customElements,
    ...Object.values(manifest.bin),
    ...Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target))),
  ];
  for (const target of targets) {
    if (target === undefined || target.includes('*')) continue;
    const path = target.replace(/^\.\//, '');
    if (!files.includes(path)) problems.push(`"${target}" is exported and would not be published`);
  }
  for (const [name, target] of Object.entries(manifest.exports)) {
    if (typeof target === 'object' && Object.keys(target)[0] !== 'types' && 'types' in target)
      problems.push(`"${name}": "types" must come first`);
    const older = manifest.typesVersions['*'][name.slice(2)]?.[0];
    if (name !== '.' && typeof target === 'object' && older !== target['types'])
      problems.push(`"${name}": "typesVersions" must say ${target['types']}`);
  }
  if (manifest.dependencies !== undefined || manifest.optionalDependencies !== undefined)
    problems.push('package.json has dependencies: everything is bundled');
  for (const path of files.filter((name) => name.endsWith('.js') || name.endsWith('.d.ts'))) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (text.includes(process.cwd())) problems.push(`${path} names a path of this machine`);
    const own = frameworkTypes.test(path) ? text.replace(frameworks, "'./'") : text;
    if (path.endsWith('.d.ts') && /from ['"](?!\.)[^'"]+['"]/.test(own))
      problems.push(`${path} imports types of a package that users do not have`);
  }
  return outcomeOf(problems, [`${files.length} files, ${(packed.size / 1e6).toFixed(1)} MB packed`]);
}
