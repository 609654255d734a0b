/**
 * What the first install in a browser asks before anything else, whether a registry is a baked folder: sent while npm's own code is still
 * being loaded. Small: the first module of an install asks for it.
 */
import type { ProgramContext } from '../../process/program.ts';
import { decodeText } from '../../process/text.ts';
import { isNewHere } from './new-here.ts';

/** `bakedFile` of `packages/baked-registry.ts`, which is loaded with the rest. */
export const askedFile = 'bavini-registry.json';

const answers = new Map<string, Promise<Response>>();

/** What may name other registries than the container's: then nothing is asked ahead. */
const otherwise = /^(?:--?(?:registry|userconfig|globalconfig|prefix|global)\b|-[Cg])/;

const dependencyFields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** Whether packages are named, on the command line or by the project: an install of the project's own workspaces needs no registry. */
function namesPackages({ argv, syscalls: { files } }: ProgramContext): boolean {
  if (argv.slice(2).some((one) => !one.startsWith('-'))) return true;
  const manifest = JSON.parse(decodeText(files.readFile('package.json'))) as Record<string, object | undefined>;
  return dependencyFields.some((field) => Object.keys(manifest[field] ?? {}).length > 0);
}

/** Asks the container's registries. A guess: who needs it asks again, and is told of a failure. */
export async function askAhead(context: ProgramContext): Promise<void> {
  const {
    argv,
    env,
    calls,
    syscalls: { files },
  } = context;
  const folders = [files.cwd(), env.get('HOME') ?? '/'];
  const isConfigured = (folder: string) => files.readdir(folder).some(({ name }) => name === '.npmrc');
  if (argv.some((one) => otherwise.test(one)) || [...env.keys()].some((name) => /^npm_config_/i.test(name)) || folders.some(isConfigured)) {
    return;
  }
  if (!namesPackages(context)) return;
  const [{ registries }, isNew] = await Promise.all([calls.call('registries', {}), isNewHere()]);
  if (!isNew) return; // What was found out before is remembered.
  for (const registry of registries) {
    const url = new URL(askedFile, registry.endsWith('/') ? registry : `${registry}/`).href;
    if (answers.has(url)) continue;
    const answer = calls.call('permitRequest', { url }).then(() => fetch(url, { referrerPolicy: 'no-referrer' }));
    answers.set(url, answer);
    answer.catch(() => answers.delete(url));
  }
}

/** The platform's own, which answers what was asked ahead with the answer to that: once, and only whoever asks as simply. */
export const fetchAsked: typeof fetch = async (input, init) => {
  const url = String(input);
  const asked = answers.get(url);
  if (asked === undefined || new Headers(init?.headers).has('authorization')) return fetch(input, init);
  answers.delete(url);
  const { signal } = init ?? {};
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
  });
  try {
    return await Promise.race([asked, stopped]);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
};
