/** Packages for the command line: from the registries that the author's own npm would ask, with its credentials. */
import { homedir } from 'node:os';
import type { FileCalls } from '../runtime/process/syscalls.ts';
import { RegistryClient } from '../runtime/packages/registry-client.ts';
import { Config } from '../runtime/programs/npm/config/config.ts';
import { scopes } from '../runtime/programs/npm/config/registries.ts';
import { Disk } from '../runtime/programs/npm/disk.ts';
import { authOf } from '../runtime/programs/npm/packages.ts';
import type { ResolveConfig } from '../runtime/programs/npm/resolve/request.ts';
import { nodeVersion, npmVersion } from '../runtime/programs/npm/versions.ts';
import { nodeFiles } from './node-files.ts';

/** Where the build got its own packages, as in pages. */
declare const __DEFAULT_REGISTRY__: string;

export interface Registries {
  readonly client: RegistryClient;
  readonly config: ResolveConfig;
}

/** @param registry In the place of what `.npmrc` says. */
export function openRegistries(folder: string, registry: string | undefined): Registries {
  const config = new Config({
    // Configuration is only read.
    disk: new Disk(nodeFiles as FileCalls),
    cwd: folder,
    argv: [],
    env: new Map(Object.entries({ HOME: homedir(), ...process.env }).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    registry: __DEFAULT_REGISTRY__,
    nodeVersion,
    npmVersion,
    stdoutTty: false,
    stderrTty: false,
    isWorkspace: () => false,
  });
  const address = registry ?? config.text('registry') ?? __DEFAULT_REGISTRY__;
  const first = address.endsWith('/') ? address : `${address}/`;
  return {
    client: new RegistryClient({ registries: [first], scopes: scopes(config), auth: authOf(config) }),
    config: {
      registry: first,
      scopes: scopes(config),
      nodeVersion,
      npmVersion,
      legacyPeerDeps: config.flag('legacy-peer-deps'),
      strictPeerDeps: config.flag('strict-peer-deps'),
    },
  };
}
