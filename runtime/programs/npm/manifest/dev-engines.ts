/** `devEngines` of `package.json`: with what the project is to be worked on. */
import semverRange from 'semver/ranges/valid.js';
import satisfies from 'semver/functions/satisfies.js';
import { Failure } from '../failure.ts';
import { inspect } from '../progress/inspect.ts';
import { nodeVersion, npmVersion, type Session } from '../session.ts';
import { tryReadManifest } from './read-manifest.ts';

interface Engine {
  readonly name?: string;
  readonly version?: string;
}

interface Problem {
  readonly engine: string;
  readonly message: string;
  readonly onFail: string;
  readonly current: Engine;
  readonly required: unknown;
}

const introduction = 'The developer of this package has specified the following through devEngines';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What there is, by npm's names: what our `node` says of itself. */
const currentEngines: Readonly<Record<string, Engine>> = {
  cpu: { name: 'x64' },
  libc: { name: 'glibc' },
  os: { name: 'linux', version: '6.1.0' },
  packageManager: { name: 'npm', version: npmVersion },
  runtime: { name: 'node', version: nodeVersion },
};

/** Why what is there is not what is wanted. @throws {Failure} where the field itself is wrong. */
function mismatch(engine: string, wanted: unknown, current: Engine): string | undefined {
  if (!isRecord(wanted)) throw new Failure(`Invalid non-object value for "${engine}"`);
  const { name, version, onFail } = wanted;
  for (const key of Object.keys(wanted)) {
    if (key !== 'name' && key !== 'version' && key !== 'onFail') throw new Failure(`Invalid property "${key}" for "${engine}"`);
  }
  if (!('name' in wanted)) throw new Failure(`Missing "name" property for "${engine}"`);
  if (typeof name !== 'string') throw new Failure(`Invalid non-string value for "name" within "${engine}"`);
  if ('onFail' in wanted) {
    if (typeof onFail !== 'string') throw new Failure(`Invalid non-string value for "onFail" within "${engine}"`);
    if (!['ignore', 'warn', 'error', 'download'].includes(onFail)) throw new Failure(`Invalid onFail value "${onFail}" for "${engine}"`);
  }
  if (name !== current.name) return `Invalid name "${name}" does not match "${current.name ?? ''}" for "${engine}"`;
  if (!('version' in wanted)) return undefined;
  if (typeof version !== 'string') throw new Failure(`Invalid non-string value for "version" within "${engine}"`);
  if (current.version === undefined) throw new Failure(`Unable to determine "version" for "${engine}" "${name}"`);
  const isRange = semverRange(version) !== null;
  if (isRange ? satisfies(current.version, version) : version === current.version) return undefined;
  return `Invalid ${isRange ? 'semver ' : ''}version "${version}" does not match "${current.version}" for "${engine}"`;
}

function problemsOf(wanted: unknown): Problem[] {
  if (!isRecord(wanted)) throw new Failure('Invalid non-object value for "devEngines"');
  return Object.entries(wanted).flatMap(([engine, required]): Problem[] => {
    const there = currentEngines[engine];
    if (there === undefined) throw new Failure(`Invalid property "devEngines.${engine}"`);
    const all = [required].flat();
    const messages = all.flatMap((one) => mismatch(engine, one, there) ?? []);
    if (all.length === 0 || messages.length < all.length) return [];
    const { onFail = 'error' } = all.at(-1) as { onFail?: string };
    return [{ engine, message: [`Invalid devEngines.${engine}`, ...messages].join('\n'), onFail, current: there, required }];
  });
}

/**
 * Warns of what does not fit, or fails, as each entry wants it.
 *
 * @throws {Failure} `EBADDEVENGINES`.
 */
export function checkDevEngines(session: Session): void {
  const { config, disk, display } = session;
  const wanted = tryReadManifest(disk, config.localPrefix)?.['devEngines'];
  const problems = problemsOf(wanted);
  const isError = ({ onFail }: Problem) => onFail === 'error' || onFail === 'download';
  const errors = problems.filter(isError);
  const force = config.flag('force');
  const warnings = [...problems.filter(({ onFail }) => onFail === 'warn'), ...(force ? errors : [])];
  warnings.forEach(({ message, current, required }, i) => {
    display.warn('EBADDEVENGINES', i === 0 ? `${introduction}\n${message}` : message);
    display.warn('EBADDEVENGINES', inspect({ current, required }));
  });
  const [first] = errors;
  if (first === undefined || force) return;
  const { message, current, required } = first;
  throw new Failure(`${introduction}\n${message}`, { code: 'EBADDEVENGINES', shown: inspect({ current, required }) });
}
