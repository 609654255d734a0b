/** `pnpm-workspace.yaml`: the workspaces, and settings that pnpm keeps there. */
import { load } from 'js-yaml';

export interface WorkspaceFile {
  readonly packages?: readonly string[];
  readonly overrides?: Readonly<Record<string, string>>;
  readonly catalog?: Readonly<Record<string, string>>;
  readonly catalogs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly onlyBuiltDependencies?: readonly string[];
  readonly ignoredBuiltDependencies?: readonly string[];
  readonly autoInstallPeers?: boolean;
  readonly linkWorkspacePackages?: boolean | 'deep';
  readonly strictPeerDependencies?: boolean;
  readonly [setting: string]: unknown;
}

export function parseWorkspaceFile(text: string | undefined): WorkspaceFile | undefined {
  if (text === undefined) return undefined;
  return (load(text) as WorkspaceFile | null | undefined) ?? {};
}

/** Undefined where there is no workspace. */
export function workspaceFilePatterns(text: string | undefined): readonly string[] | undefined {
  return parseWorkspaceFile(text)?.packages;
}
