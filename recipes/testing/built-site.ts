/** A recipe as an author has it: copied, installed from its lockfile, built, and served below a path. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeServer, root } from '../../runtime/testing/served-browser.ts';
import { serve } from '../../runtime/tools/serve.ts';
import { projectFiles } from '../../runtime/tools/verify/files.ts';
import type { Recipe } from './recipe-list.ts';

const execute = promisify(execFile);

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
const tarball = `bavini-${version}.tgz`;

/** Where the recipes say that the package is hosted, which is nowhere. */
const exampleHost = 'https://cdn.example.com/bavini/0.1.0/';

/** An author's: without the settings that our own npm hands to what it runs; and generators look for a terminal, for updates, and for somebody to tell. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))),
  CI: 'true',
  NO_COLOR: '1',
  ASTRO_TELEMETRY_DISABLED: '1',
};

async function command(folder: string, [program, ...args]: readonly [string, ...string[]]): Promise<void> {
  try {
    await execute(program, args, { cwd: folder, env: environment, maxBuffer: 1 << 26 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${[program, ...args].join(' ')} failed in ${folder}:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** The package as it would be published, made once for all recipes; and what it holds, hosted for pages of every origin. */
export class PackedPackage {
  readonly #folder: string;
  readonly #host: Awaited<ReturnType<typeof serve>>;

  private constructor(folder: string, host: Awaited<ReturnType<typeof serve>>) {
    this.#folder = folder;
    this.#host = host;
  }

  static async pack(): Promise<PackedPackage> {
    mkdirSync(join(root, '.cache'), { recursive: true });
    const folder = mkdtempSync(join(root, '.cache/recipes-'));
    await command(root, ['npm', 'pack', '--ignore-scripts', '--pack-destination', folder]);
    await command(folder, ['tar', '-xzf', tarball]);
    return new PackedPackage(folder, await serve({ root: join(folder, 'package/dist'), port: 0, cors: true }));
  }

  /** Ends with a slash. */
  get host(): string {
    return `${this.#host.origin}/`;
  }

  /** An empty folder for one recipe. */
  roomFor(name: string): string {
    return join(this.#folder, name);
  }

  get tarball(): string {
    return join(this.#folder, tarball);
  }

  close(): void {
    closeServer(this.#host.server);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function replaceHost(folder: string, host: string): void {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(html|md|ya?ml|toml)$/.test(file)) continue;
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(exampleHost, host));
  }
}

export class BuiltSite {
  /** Ends with a slash. */
  readonly address: string;
  readonly #server: Server;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  /** @throws if the recipe cannot be installed or built, with what was said. */
  static async build(recipe: Recipe, packed: PackedPackage): Promise<BuiltSite> {
    const folder = packed.roomFor(recipe.name);
    const from = `recipes/${recipe.name}/`;
    for (const file of projectFiles().filter((name) => name.startsWith(from)))
      cpSync(join(root, file), join(folder, file.slice(from.length)));
    replaceHost(folder, packed.host);
    if (recipe.installs) {
      await command(folder, ['npm', 'ci', '--no-audit', '--no-fund', '--prefer-offline']);
      await command(folder, ['npm', 'install', '--no-save', '--no-audit', '--no-fund', '--prefer-offline', packed.tarball]);
    }
    if (recipe.build !== undefined) await command(folder, recipe.build);
    const host = join(folder, '../hosts', recipe.name);
    mkdirSync(host, { recursive: true });
    renameSync(join(folder, recipe.output), join(host, 'docs'));
    // What is installed is the most of it, and needed no more.
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    const { server, origin } = await serve({ root: host, port: 0, cors: false });
    return new BuiltSite(server, `${origin}/docs/`);
  }

  close(): void {
    closeServer(this.#server);
  }
}
