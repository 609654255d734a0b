/** `node --run name`: a script of the nearest `package.json`, as Node's task runner gives it to a shell. */
import type { Syscalls } from '../../process/syscalls.ts';
import { PosixError } from '../../base/errors.ts';
import type { NodeRealm, Untyped } from './realm.ts';

/** What is printed on standard error where there is nothing to run. */
type Refusal = string;

function readText(realm: NodeRealm, syscalls: Syscalls, path: string): string | undefined {
  try {
    return realm.platform.decodeUtf8(syscalls.files.readFile(path));
  } catch (error) {
    if (error instanceof PosixError) return undefined;
    throw error;
  }
}

const quoted = (argument: string): string =>
  argument === '' || /[^\w@%+=:,./-]/.test(argument) ? `'${argument.replaceAll("'", `'"'"'`)}'` : argument;

/** Starts the script; the process ends as it does. */
export function runScript(realm: NodeRealm, name: string, args: readonly string[]): Refusal | undefined {
  const { syscalls, process } = realm;
  const cwd = syscalls.files.cwd();
  const bins: string[] = [];
  let folder = cwd;
  let text: string | undefined;
  for (;;) {
    bins.push(`${folder === '/' ? '' : folder}/node_modules/.bin`);
    text = readText(realm, syscalls, `${folder}/package.json`);
    if (text !== undefined || folder === '/') break;
    folder = folder.slice(0, folder.lastIndexOf('/')) || '/';
  }
  if (text === undefined) return `Can't find package.json for directory ${cwd}\n\n`;
  const path = `${folder === '/' ? '' : folder}/package.json`;
  let scripts: unknown;
  try {
    scripts = (JSON.parse(text) as { scripts?: unknown }).scripts;
  } catch {
    return `Can't parse ${path}\n\n`; // Node says no more of it.
  }
  if (typeof scripts !== 'object' || scripts === null) return `Can't find "scripts" field in ${path}\n\n`;
  const command = Object.hasOwn(scripts, name) ? (scripts as Record<string, unknown>)[name] : undefined;
  if (command === undefined) {
    const list = Object.entries(scripts).flatMap(([key, value]) => (typeof value === 'string' ? [`  ${key}: ${value}\n`] : []));
    return `Missing script: "${name}" for ${path}\n\n${list.length === 0 ? '' : `Available scripts are:\n${list.join('')}`}`;
  }
  if (typeof command !== 'string') return `Script "${name}" is unexpectedly malformed for ${path}\n\n`;
  const env = { ...process.env, NODE_RUN_SCRIPT_NAME: name, NODE_RUN_PACKAGE_JSON_PATH: path } as Record<string, string>;
  env['PATH'] = [...bins, ...(env['PATH'] === undefined ? [] : [env['PATH']])].join(':');
  const line = [command, ...args.map(quoted)].join(' ');
  realm.requireBuiltin('internal/util/debuglog').initializeDebugEnv(process.env.NODE_DEBUG);
  const child = realm.requireBuiltin('child_process').spawn('/bin/sh', ['-c', line], { stdio: 'inherit', cwd: folder, env }) as Untyped;
  child.on('error', (error: Error) => {
    process.exitCode = 1;
    process._rawDebug(error.message);
  });
  child.on('exit', (code: number | null) => {
    // Whatever its code was, as Node's.
    process.exitCode = code === 0 ? 0 : 1;
  });
  return undefined;
}
