#!/usr/bin/env node
/** `npx bavini`: the command line for authors. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ResolveError } from '../runtime/programs/npm/resolve/request.ts';
import { bake } from './bake.ts';
import { openRegistries } from './registries.ts';

const help = `Usage: bavini <command>

  bavini bake <folder>...   writes all packages that the lesson in <folder> installs as static files, for pages
                            that work without a registry: point <bv-container registry="…"> at them

Options of bake:
  --out <dir>               where to; lessons may share it. Default: <folder>/bavini-packages
  --also <name@range>       one more package with all it needs; may be given again
  --omit-dev                without devDependencies
  --registry <address>      in the place of the one in .npmrc

  bavini --version, -v
  bavini --help, -h
`;

class UsageError extends Error {}

/** Beside the built script, or at the project's root when it is run from source. */
function version(): string {
  const manifest = ['../../package.json', '../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  return manifest === undefined ? 'unknown' : (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        also: { type: 'string', multiple: true },
        'omit-dev': { type: 'boolean' },
        registry: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.version === true) return void process.stdout.write(`${version()}\n`);
  const [command, ...folders] = positionals;
  if (values.help === true || command === 'help' || args.length === 0) return void process.stdout.write(help);
  if (command !== 'bake') throw new UsageError(command === undefined ? 'There is no command' : `There is no command "${command}"`);
  if (folders.length === 0) throw new UsageError('bake: name the folder of a lesson');
  for (const name of folders) {
    const folder = resolve(name);
    if (!existsSync(join(folder, 'package.json'))) throw new Error(`Cannot bake "${name}": it has no package.json`);
  }
  for (const name of folders) {
    const folder = resolve(name);
    await bake({
      folder,
      registries: openRegistries(folder, values.registry),
      out: resolve(values.out ?? join(folder, 'bavini-packages')),
      also: values.also ?? [],
      omitDev: values['omit-dev'] === true,
      say: (line) => process.stdout.write(`${line}\n`),
    });
  }
}

run(process.argv.slice(2)).catch((error: unknown) => {
  const lines =
    error instanceof UsageError
      ? [error.message, 'Try "bavini --help"']
      : error instanceof ResolveError
        ? [`Cannot resolve (${error.code})`, ...error.report]
        : [error instanceof Error ? error.message : String(error), ...((error as { advice?: readonly string[] }).advice ?? [])];
  process.stderr.write(lines.map((line) => `bavini: ${line}`.trimEnd()).join('\n') + '\n');
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
