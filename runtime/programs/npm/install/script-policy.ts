/** Which packages may run their install scripts: all of them by npm's default, which then says whom nobody has reviewed. */
import satisfies from 'semver/functions/satisfies.js';
import valid from 'semver/functions/valid.js';
import { Failure } from '../failure.ts';
import { parseSpecifier } from '../lockfile/specifier.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { substitutionFor, type OwnSubstitutions } from './substitutions.ts';
import type { PlannedPackage, TreePlan } from './tree-plan.ts';

interface Rule {
  readonly name: string;
  /** Undefined: every version. */
  readonly versions?: string;
  readonly allow: boolean;
}

/** @param allow What the entry says. */
export function parseRule(key: string, allow: boolean): Rule {
  const at = key.indexOf('@', 1);
  const range = at < 0 ? '' : key.slice(at + 1);
  return { name: at < 0 ? key : key.slice(0, at), allow, ...(range === '' || range === '*' ? {} : { versions: range }) };
}

/** Scripts that an install runs: of the package's own manifest. */
export function installScriptsOf(
  { disk }: Session,
  entry: { readonly hasInstallScript?: boolean },
  path: string,
): Readonly<Record<string, string>> {
  const { scripts: all = {}, gypfile } = tryReadManifest(disk, path) ?? {};
  const scripts: Record<string, string> = {};
  for (const event of ['preinstall', 'install', 'postinstall']) if (all[event] !== undefined) scripts[event] = all[event];
  const builds = scripts['preinstall'] === undefined && scripts['install'] === undefined && gypfile !== false;
  if (builds && disk.isFile(resolvePath(path, 'binding.gyp'))) scripts['install'] = 'node-gyp rebuild';
  if (Object.keys(scripts).length === 0 && entry.hasInstallScript === true) scripts['install'] = '(install scripts present)';
  return scripts;
}

const isExact = (range: string) => range.split('||').every((part) => valid(part.trim()) !== null);

export class ScriptPolicy {
  readonly #session: Session;
  readonly #rules: readonly Rule[];

  private constructor(session: Session, rules: readonly Rule[]) {
    this.#session = session;
    this.#rules = rules;
  }

  /** @throws {Failure} `EALLOWSCRIPTS` for a flag that only global installs may have. */
  static read(session: Session, manifest: Manifest): ScriptPolicy {
    const { config, display } = session;
    const listOf = (levels: readonly ('cli' | 'env' | 'project' | 'user' | 'global')[]) => {
      for (const level of levels) {
        const value = config.get('allow-scripts', level);
        const names = (Array.isArray(value) ? value : [value])
          .flatMap((one) => (typeof one === 'string' ? one.split(',') : []))
          .map((one) => one.trim())
          .filter((one) => one !== '');
        if (names.length > 0) return names;
      }
      return [];
    };
    const cli = listOf(['cli', 'env']);
    const rc = listOf(['project', 'user', 'global']);
    if (cli.length > 0 && !config.global && session.command !== 'exec') {
      throw new Failure(
        '--allow-scripts is not allowed in project-scoped installs. Add the entries to the "allowScripts" field in package.json, or to .npmrc, instead.',
        { code: 'EALLOWSCRIPTS' },
      );
    }
    const own = config.global || session.command === 'exec' ? undefined : manifest['allowScripts'];
    const entries = typeof own === 'object' && own !== null ? Object.entries(own) : [];
    const allowed = cli.length > 0 ? cli : entries.length === 0 ? rc : undefined;
    if (allowed === undefined && rc.length > 0) {
      display.warn(
        'install-scripts',
        '.npmrc allow-scripts setting is being ignored because package.json declares its own allowScripts field',
      );
    }
    const source = cli.length > 0 ? 'CLI flag' : allowed === undefined ? 'package.json' : '.npmrc';
    const rules: Rule[] = [];
    for (const [key, value] of allowed?.map((name) => [name, true] as const) ?? entries) {
      const rule = parseRule(key, value === true);
      const { versions } = rule;
      if (versions !== undefined && !isExact(versions)) {
        display.warn(
          'install-scripts',
          parseSpecifier(versions, '/').kind === 'tag'
            ? `${source}: ignoring "${key}" — dist-tag specs (@latest, @next, ...) are not allowed; use exact versions joined by "||", or the bare package name, instead`
            : `${source}: ignoring "${key}" — semver ranges (^, ~, >=, <) are not allowed; use exact versions joined by "||" instead`,
        );
        continue;
      }
      rules.push(rule);
    }
    return new ScriptPolicy(session, rules);
  }

  /** Undefined: nobody has said. */
  verdict({ name, version }: Pick<PlannedPackage, 'name' | 'version'>): boolean | undefined {
    const fitting = this.#rules.filter(
      (rule) => rule.name === name && (rule.versions === undefined || satisfies(version, rule.versions, true)),
    );
    if (fitting.length === 0) return undefined;
    return fitting.every(({ allow }) => allow);
  }

  mayRun(node: PlannedPackage): boolean {
    return this.#session.config.flag('dangerously-allow-all-scripts') || (!node.bundled && this.verdict(node) !== false);
  }

  /** Packages with scripts that nobody has decided on, and these scripts. */
  unreviewed(
    plan: TreePlan,
    own: OwnSubstitutions,
  ): { readonly node: PlannedPackage; readonly scripts: Readonly<Record<string, string>> }[] {
    const { config } = this.#session;
    if (config.flag('ignore-scripts') || config.flag('dangerously-allow-all-scripts')) return [];
    const found: { node: PlannedPackage; scripts: Readonly<Record<string, string>> }[] = [];
    for (const node of plan.nodes) {
      if (node.kind !== 'package' || node.bundled || !node.hasInstallScript || this.verdict(node) !== undefined) continue;
      if (substitutionFor(node, own) !== undefined) continue;
      found.push({ node, scripts: installScriptsOf(this.#session, node, resolvePath(plan.root, node.place)) });
    }
    return found;
  }

  /** @throws {Failure} `ESTRICTALLOWSCRIPTS` where the reader wants to have decided on all. */
  checkStrict(plan: TreePlan): void {
    if (!this.#session.config.flag('strict-allow-scripts')) return;
    const unreviewed = this.unreviewed(plan, new Map());
    if (unreviewed.length === 0) return;
    const lines = unreviewed.map(({ node, scripts }) => `  ${node.name}@${node.version} (${scriptList(scripts)})`);
    throw new Failure(
      `--strict-allow-scripts: ${unreviewed.length} package(s) have install scripts not covered by allowScripts:\n${lines.join('\n')}\n` +
        'Approve them with `npm install-scripts approve`, deny them with `npm install-scripts deny`, or bypass this check with `--dangerously-allow-all-scripts`.',
      { code: 'ESTRICTALLOWSCRIPTS' },
    );
  }
}

export function scriptList(scripts: Readonly<Record<string, string>>): string {
  return Object.entries(scripts)
    .map(([event, command]) => `${event}: ${command}`)
    .join('; ');
}
