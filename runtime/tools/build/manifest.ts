/** `custom-elements.json`, from the elements' doc comments. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import type { Output } from './output.ts';

interface Analyzer {
  /** With `noWrite` it gives the manifest. It still writes `customElements` into `package.json` unless that is `OUTDIR/custom-elements.json` already. */
  cli(options: { argv: readonly string[]; cwd: string; noWrite: boolean }): Promise<Manifest>;
}

interface Typed {
  readonly name: string;
  type?: { text: string };
}

/** What we use of a declaration with a tag. */
export interface ElementDeclaration {
  readonly name: string;
  readonly tagName: string;
  readonly attributes?: readonly (Typed & { readonly fieldName?: string })[];
  readonly members?: readonly (Typed & {
    readonly kind: string;
    readonly privacy?: string;
    readonly static?: boolean;
    readonly readonly?: boolean;
  })[];
  events?: Typed[];
}

export interface Manifest {
  readonly modules: readonly { readonly path: string; readonly declarations?: readonly Partial<ElementDeclaration>[] }[];
}

/** The elements of a manifest with the modules that they are in. */
export function elementsOf({ modules }: Manifest): readonly (ElementDeclaration & { readonly path: string })[] {
  return modules.flatMap(({ path, declarations = [] }) =>
    declarations.flatMap((one) => (one.tagName === undefined ? [] : [{ ...(one as ElementDeclaration), path }])),
  );
}

/** Which class each of our events has: what the page's own types say of them. */
function eventTypes(): ReadonlyMap<string, string> {
  const sources = globSync('components/**/*.ts', { exclude: ['**/*.test.ts'] }).map((file) => readFileSync(file, 'utf8'));
  const maps = sources.flatMap((text) => [...text.matchAll(/interface HTMLElementEventMap \{([^}]*)\}/g)].map((match) => match[1] ?? ''));
  return new Map(maps.flatMap((map) => [...map.matchAll(/'(bv-[\w-]+)': (\w+);/g)].map(([, name = '', type = '']) => [name, type])));
}

/** The analyzer takes a constructor's first argument for the event's name, and knows no type of those that the doc comment names. */
function nameEvents(manifest: Manifest): void {
  const types = eventTypes();
  for (const { declarations = [] } of manifest.modules) {
    for (const declaration of declarations) {
      if (declaration.events === undefined) continue;
      declaration.events = declaration.events.filter(({ name }) => (name as string | undefined)?.startsWith('bv-') === true);
      for (const event of declaration.events) event.type = { text: types.get(event.name) ?? 'Event' };
    }
  }
}

/** The analyzer takes its files as the file system lists them, which differs from machine to machine. */
export function inOrder(manifest: Manifest): Manifest {
  return { ...manifest, modules: [...manifest.modules].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

export async function writeManifest(output: Output): Promise<void> {
  if (!existsSync('components/define.ts')) return;
  const exclude = ['components/**/*.test.ts', 'components/**/*.styles.ts', 'components/**/testing/**', 'components/frameworks/**'];
  const { cli } = (await import('@custom-elements-manifest/analyzer/cli.js' as string)) as Analyzer;
  const argv = [
    'analyze',
    '--litelement',
    '--quiet',
    '--outdir',
    'dist',
    '--globs',
    'components/**/*.ts',
    ...exclude.flatMap((glob) => ['--exclude', glob]),
  ];
  const manifest = inOrder(await cli({ argv, cwd: process.cwd(), noWrite: true }));
  nameEvents(manifest);
  await output.write('custom-elements.json', `${JSON.stringify(manifest, null, 1)}\n`);
}
