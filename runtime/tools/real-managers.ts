/** The real pnpm, Yarn and bun, for recorders. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { RealManager } from '../programs/npm/managers/testing/projects.ts';

/** What of them is kept between recordings. */
export const managersCache = path.join(import.meta.dirname, '../../.cache/managers');

const versions = { pnpm: '10.34.9', yarn: '1.22.22', '@yarnpkg/cli-dist': '4.18.1', bun: '1.4.5' };

/** Installs them once, from the configured registry. */
export function installManagers(): void {
  if (
    Object.entries(versions).every(([name, version]) => {
      const file = path.join(managersCache, 'node_modules', name, 'package.json');
      return fs.existsSync(file) && (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version === version;
    })
  )
    return;
  fs.mkdirSync(managersCache, { recursive: true });
  fs.writeFileSync(path.join(managersCache, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
  execFileSync('npm', ['install', '--ignore-scripts'], { cwd: managersCache, stdio: 'inherit' });
  execFileSync(process.execPath, [path.join(managersCache, 'node_modules/bun/install.js')], {
    cwd: path.join(managersCache, 'node_modules/bun'),
    stdio: 'inherit',
  });
}

/** How it is started with `registry` and a home of its own below `homes`. */
export function commandOf(manager: RealManager, registry: string, homes: string): { command: string[]; env: Record<string, string> } {
  const bin = (file: string) => path.join(managersCache, 'node_modules', file);
  const home = path.join(homes, manager);
  fs.mkdirSync(home, { recursive: true });
  const env = {
    PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: home,
    XDG_CACHE_HOME: path.join(home, 'cache'),
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_CONFIG_HOME: path.join(home, 'config'),
    npm_config_registry: registry,
    npm_config_update_notifier: 'false',
    NO_COLOR: '1',
    LC_ALL: 'C.UTF-8',
  };
  switch (manager) {
    case 'pnpm':
      return {
        command: [process.execPath, bin('pnpm/bin/pnpm.cjs')],
        env: { ...env, npm_config_store_dir: path.join(home, 'store'), npm_config_manage_package_manager_versions: 'false' },
      };
    case 'yarn':
      return { command: [process.execPath, bin('yarn/bin/yarn.js')], env };
    case 'berry':
      return {
        command: [process.execPath, bin('@yarnpkg/cli-dist/bin/yarn.js')],
        env: {
          ...env,
          YARN_NPM_REGISTRY_SERVER: registry.slice(0, -1),
          YARN_UNSAFE_HTTP_WHITELIST: 'localhost',
          YARN_NODE_LINKER: 'node-modules',
          YARN_ENABLE_TELEMETRY: '0',
          YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
          YARN_ENABLE_SCRIPTS: 'false',
          YARN_IGNORE_PATH: '1',
          // Abbreviated metadata says nothing of when a version was published.
          YARN_NPM_MINIMAL_AGE_GATE: '0',
        },
      };
    case 'bun':
      return {
        command: [bin('.bin/bun')],
        env: { ...env, BUN_CONFIG_REGISTRY: registry, BUN_INSTALL_CACHE_DIR: path.join(home, 'bun-cache'), DO_NOT_TRACK: '1' },
      };
  }
}
