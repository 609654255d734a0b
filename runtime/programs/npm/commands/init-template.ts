/** `npm init` without a package: questions, and a `package.json` of their answers. */
import valid from 'semver/functions/valid.js';
import { Failure } from '../failure.ts';
import { readManifestFile } from '../manifest/read-manifest.ts';
import { nameProblems } from '../manifest/package-name.ts';
import { baseName, resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';

const introduction = [
  'This utility will walk you through creating a package.json file.',
  'It only covers the most common items, and tries to guess sensible defaults.',
  '',
  'See `npm help init` for definitive documentation on these fields and exactly what they do.',
  '',
  'Use `npm install <pkg>` afterwards to install a package and save it as a dependency in the package.json file.',
  '',
  'Press ^C at any time to quit.',
].join('\n');

const noTest = 'echo "Error: no test specified" && exit 1';

/** Asks one question after the other on standard input. */
class Questions {
  readonly #session: Session;
  #text = '';

  constructor(session: Session) {
    this.#session = session;
  }

  async ask(question: string, initial: string): Promise<string> {
    const { context, display } = this.#session;
    await display.settled();
    await context.stdout.write(`${question}${initial === '' ? '' : ` (${initial})`} `);
    await context.stdout.flush();
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end).trim();
        this.#text = this.#text.slice(end + 1);
        return line === '' ? initial : line;
      }
      const bytes = await context.stdin.read();
      this.#session.checkInterrupted();
      if (bytes.length === 0) throw new Failure('canceled');
      this.#text += new TextDecoder().decode(bytes);
    }
  }

  async until(question: string, initial: string, problem: (answer: string) => string | undefined): Promise<string> {
    for (;;) {
      const answer = await this.ask(question, initial);
      const wrong = problem(answer);
      if (wrong === undefined) return answer;
      this.#session.display.output(wrong);
    }
  }
}

function nameProblem(name: string): string | undefined {
  const problems = nameProblems(name);
  return problems.length === 0 ? undefined : `Sorry, ${problems.join(' and ')}.`;
}

function guessName(session: Session, folder: string, known: unknown): string {
  let name = (typeof known === 'string' && known !== '' ? known : baseName(folder))
    .replace(/^node-|[.-]js$/g, '')
    .replace(/\s+/g, '-')
    .toLowerCase();
  const scope = session.config.text('scope');
  if (scope !== undefined) name = `${scope.startsWith('@') ? scope : `@${scope}`}/${name.replace(/^@[^/]+\//, '')}`;
  return name;
}

function versionOf(manifest = '{}'): string | undefined {
  try {
    return (JSON.parse(manifest) as { version?: string } | null)?.version;
  } catch {
    return undefined;
  }
}

/** Packages that are there but that nobody asked for are taken to be wanted. */
function guessDependencies(session: Session, folder: string, test: boolean, known: unknown): Record<string, string> | undefined {
  const { disk, config } = session;
  // As npm does it: of what is beside the reader, that which the folder has too.
  const modules = resolvePath(session.cwd, 'node_modules');
  if (!disk.isFolder(modules)) return undefined;
  const tests = new Set(['coco', 'coffee-script', 'expresso', 'jasmine', 'jest', 'mocha', 'streamline', 'tap']);
  const excluded = typeof known === 'object' && known !== null ? known : {};
  const found: Record<string, string> = {};
  for (const { name } of disk.list(modules)) {
    if (name.startsWith('.') || tests.has(name) !== test || name in excluded) continue;
    const version = versionOf(disk.readText(resolvePath(folder, 'node_modules', name, 'package.json')));
    if (version !== undefined) found[name] = config.flag('save-exact') ? version : `${String(config.get('save-prefix') ?? '^')}${version}`;
  }
  return found;
}

/** Makes or completes the `package.json` of a folder. */
export async function template(session: Session, folder: string): Promise<void> {
  const { disk, config, display } = session;
  const yes = config.get('yes') === true || config.flag('force');
  if (!yes) display.output(introduction);
  const path = resolvePath(folder, 'package.json');
  const before: Record<string, unknown> = disk.exists(path) ? { ...readManifestFile(disk, folder).content } : {};
  if (typeof before['version'] !== 'string' || valid(before['version']) === null) delete before['version'];
  const ask = new Questions(session);
  const field = (question: string, initial: string) => (yes ? Promise.resolve(initial) : ask.ask(question, initial));
  const setting = (name: string) => config.text(`init-${name}`) ?? '';
  const made: Record<string, unknown> = {};
  const entries = disk.list(folder);
  const name = guessName(session, folder, before['name']);
  made['name'] = yes ? name : await ask.until('package name:', name, nameProblem);
  const version = typeof before['version'] === 'string' ? before['version'] : setting('version') || '1.0.0';
  made['version'] = yes
    ? version
    : await ask.until('version:', version, (text) => (valid(text) === null ? `Invalid version: "${text}"` : undefined));
  if (before['description'] === undefined || before['description'] === '') made['description'] = await field('description:', '');
  if (before['main'] === undefined) {
    const scripts = entries.map((entry) => entry.name).filter((entry) => entry.endsWith('.js'));
    const main = ['index.js', 'main.js', `${baseName(folder)}.js`].find((one) => scripts.includes(one)) ?? scripts[0] ?? 'index.js';
    made['main'] = await field('entry point:', main);
  }
  if (before['bin'] === undefined) {
    const bin = disk.list(resolvePath(folder, 'bin')).find((entry) => entry.name.endsWith('.js'))?.name;
    if (bin !== undefined) made['bin'] = { [(made['name'] as string).replace(/^@[^/]+\//, '')]: `bin/${bin}` };
  }
  const directories: Record<string, string> = {};
  for (const entry of entries) {
    if (/^examples?$/.test(entry.name)) directories['example'] = entry.name;
    else if (/^tests?$/.test(entry.name)) directories['test'] = entry.name;
    else if (/^docs?$/.test(entry.name)) directories['doc'] = entry.name;
    else if (entry.name === 'man' || entry.name === 'lib') directories[entry.name] = entry.name;
  }
  if (Object.keys(directories).length > 0) made['directories'] = directories;
  if (before['dependencies'] === undefined) made['dependencies'] = guessDependencies(session, folder, false, before['devDependencies']);
  if (before['devDependencies'] === undefined) made['devDependencies'] = guessDependencies(session, folder, true, before['dependencies']);
  if (before['scripts'] === undefined) {
    const installed = new Set(disk.list(resolvePath(folder, 'node_modules')).map((entry) => entry.name));
    const command = installed.has('mocha')
      ? 'mocha'
      : installed.has('expresso')
        ? 'expresso test'
        : installed.has('tap')
          ? 'tap test/*.js'
          : '';
    const test = await field('test command:', command);
    made['scripts'] = { test: test === '' ? noTest : test };
  }
  if (before['repository'] === undefined) {
    const text = disk.readText(resolvePath(folder, '.git/config')) ?? '';
    const url = (/\[remote "origin"\][^[]*?url = (.*)/s.exec(text)?.[1]?.split('\n')[0] ?? '').replace(
      /^git@github\.com:/,
      'https://github.com/',
    );
    const answer = await field('git repository:', url);
    if (answer !== '') made['repository'] = { type: 'git', url: /^https:/.test(answer) ? `git+${answer}` : answer };
  }
  if (before['keywords'] === undefined) {
    const answer = await field('keywords:', '');
    made['keywords'] = answer === '' ? [] : answer.split(/[\s,]+/);
  }
  if (before['author'] === undefined) {
    const author = setting('author-name');
    const [email, url] = [setting('author-email'), setting('author-url')];
    made['author'] =
      author === '' ? await field('author:', '') : `${author}${email === '' ? '' : ` <${email}>`}${url === '' ? '' : ` (${url})`}`;
  }
  made['license'] = await field('license:', typeof before['license'] === 'string' ? before['license'] : setting('license') || 'ISC');
  made['type'] = await field('type:', typeof before['type'] === 'string' ? before['type'] : setting('type') || 'commonjs');
  if (before['private'] !== undefined) made['private'] = before['private'];
  else if (!config.isDefault('init-private')) made['private'] = config.flag('init-private');
  const content: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(made)) if (value !== undefined && value !== null) content[key] = value;
  const { dependencies } = content;
  if (typeof dependencies === 'object' && dependencies !== null && Object.keys(dependencies).length === 0) delete content['dependencies'];
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (yes) {
    disk.write(path, text);
    display.output(`Wrote to ${path}:\n\n${text}\n`);
    return;
  }
  display.output(`About to write to ${path}:\n\n${text}\n`);
  const sure = await ask.ask('\nIs this OK?', 'yes');
  if (!/^y/i.test(sure)) {
    display.output('Aborted.');
    return;
  }
  disk.write(path, text);
}
