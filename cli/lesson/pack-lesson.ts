/** A folder in TutorialKit's layout as one packed lesson. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import {
  lessonFormat,
  lessonFormatVersion,
  lessonOf,
  type LessonCheck,
  type LessonDocument,
  type LessonStep,
} from '../../components/lesson/lesson-format.ts';
import { changeOf } from './file-change.ts';
import { frontMatterOf, type FrontMatter } from './front-matter.ts';
import { htmlOf } from './markdown.ts';

const contentName = /^content\.(md|mdx)$/;
const metaName = 'meta.md';

/** Whether `folder` holds lessons in this layout, at any depth. */
export function isLessonFolder(folder: string): boolean {
  return existsSync(folder) && lessonFolders(folder).length > 0;
}

function read(path: string, shown: string): FrontMatter {
  return frontMatterOf(shown, readFileSync(path, 'utf8'));
}

function shownPath(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** Folders with a `content.md`, in the order that `meta.md` gives, else by the numbers in their names. */
function lessonFolders(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.some(({ name }) => contentName.test(name))) return [folder];
  const meta = join(folder, metaName);
  const fields = existsSync(meta) ? read(meta, meta).fields : {};
  const order = ['parts', 'chapters', 'lessons'].flatMap((name) => (Array.isArray(fields[name]) ? (fields[name] as unknown[]) : []));
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return entries
    .filter((entry) => entry.isDirectory() && !/^[._]|^(node_modules|templates)$/.test(entry.name))
    .map(({ name }) => name)
    .sort((a, b) => place(a) - place(b) || a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((name) => lessonFolders(join(folder, name)));
}

function text(matter: FrontMatter, field: string): string | undefined {
  const value = matter.fields[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '') throw matter.at(field, 'must be a text');
  return value;
}

/** `npm start`, `[npm start, Start]` or `{ command: npm start }`. */
function commandText(matter: FrontMatter, field: string, value: unknown): string {
  const found = Array.isArray(value) ? (value[0] as unknown) : ((value as { command?: unknown } | null)?.command ?? value);
  if (typeof found !== 'string' || found === '') throw matter.at(field, 'must be a command, or a list of a command and its title');
  return found;
}

function commandOf(matter: FrontMatter): string | undefined {
  const { prepareCommands, mainCommand } = matter.fields;
  if (prepareCommands !== undefined && !Array.isArray(prepareCommands)) throw matter.at('prepareCommands', 'must be a list');
  const commands = ((prepareCommands ?? []) as unknown[]).map((one) => commandText(matter, 'prepareCommands', one));
  if (mainCommand !== undefined && mainCommand !== null) commands.push(commandText(matter, 'mainCommand', mainCommand));
  return commands.length === 0 ? undefined : commands.join(' && ');
}

/** `3000`, `3000/path`, `[3000, Title, /path]` or `{ port, pathname }`: the first one counts. */
function previewOf(matter: FrontMatter): string | undefined {
  const { previews } = matter.fields;
  if (previews === undefined || previews === null || previews === false) return undefined;
  const first: unknown = Array.isArray(previews) ? previews[0] : undefined;
  const given = (Array.isArray(first) ? { port: first[0] as unknown, pathname: first[2] as unknown } : first) as
    { readonly port?: unknown; readonly pathname?: unknown } | number | string | undefined;
  const [port, path] = typeof given === 'object' ? [given.port, given.pathname] : [given, undefined];
  if (!/^\d+(\/\S*)?$/.test(String(port))) throw matter.at('previews', 'must be a list of ports');
  return `${String(port)}${typeof path === 'string' ? `/${path.replace(/^\//, '')}` : ''}`;
}

function checksOf(matter: FrontMatter): readonly LessonCheck[] | undefined {
  const { checks } = matter.fields;
  if (checks === undefined) return undefined;
  if (!Array.isArray(checks)) throw matter.at('checks', 'must be a list');
  for (const check of checks as unknown[]) {
    if (typeof (check as { type?: unknown } | null)?.type !== 'string') throw matter.at('checks', 'must have a type each');
  }
  return (checks as Record<string, unknown>[]).map(({ help, ...check }) => ({
    ...check,
    ...(help === undefined ? {} : { help: htmlOf(String(help)) }),
  })) as unknown as readonly LessonCheck[];
}

function hintsOf(matter: FrontMatter): readonly string[] | undefined {
  const { hints } = matter.fields;
  if (hints === undefined) return undefined;
  if (!Array.isArray(hints)) throw matter.at('hints', 'must be a list');
  return (hints as unknown[]).map((hint) => htmlOf(String(hint)));
}

/** Without the number that orders it. */
const slug = (name: string) => name.replace(/^\d+[-_.\s]*/, '').replace(/[\s#/]+/g, '-') || name;

/** The titles of the folders around a lesson that have a `meta.md`. */
function groupOf(root: string, folder: string): string | undefined {
  const titles: string[] = [];
  const parts = relative(root, folder).split(sep).slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    const meta = join(root, ...parts.slice(0, depth), metaName);
    if (!existsSync(meta)) continue;
    const title = text(read(meta, shownPath(root, meta)), 'title');
    if (title !== undefined) titles.push(title);
  }
  return titles.length === 0 ? undefined : titles.join(': ');
}

function stepOf(root: string, folder: string): LessonStep {
  const content = readdirSync(folder).find((name) => contentName.test(name)) as string;
  const matter = read(join(folder, content), shownPath(root, join(folder, content)));
  const names = relative(root, folder).split(sep).filter(Boolean).map(slug);
  const focus = text(matter, 'focus')?.replace(/^\//, '');
  const optional = {
    group: groupOf(root, folder),
    files: changeOf(join(folder, '_files')),
    solution: changeOf(join(folder, '_solution')),
    focus,
    command: commandOf(matter),
    preview: previewOf(matter),
    checks: checksOf(matter),
    hints: hintsOf(matter),
  };
  return {
    name: text(matter, 'slug') ?? (names.join('-') || slug(basename(folder))),
    label: text(matter, 'title') ?? names.at(-1) ?? slug(basename(folder)),
    html: htmlOf(matter.body),
    from: 'lesson',
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<LessonStep>),
  };
}

/** The files that all lessons begin with: TutorialKit's `src/templates/NAME`, or `templates/NAME` in the folder. */
function templateOf(root: string): LessonDocument['files'] {
  const meta = join(root, metaName);
  const matter = existsSync(meta) ? read(meta, metaName) : undefined;
  const named = matter === undefined ? undefined : text(matter, 'template');
  const places = [join(root, 'templates'), join(root, '../../templates')].map((folder) => join(folder, named ?? 'default'));
  const found = places.find((place) => existsSync(place));
  if (found === undefined && named !== undefined && matter !== undefined)
    throw matter.at('template', `names "${named}", which is in neither templates nor ../../templates`);
  return found === undefined ? undefined : changeOf(found);
}

/**
 * Packs the lessons of a folder, each as a step.
 *
 * @throws {AuthorError} with file, line and column. @throws {LessonFormatError}
 */
export function packLesson(root: string): LessonDocument {
  const folders = existsSync(root) ? lessonFolders(root) : [];
  if (folders.length === 0) throw new Error(`Cannot pack "${root}": no folder in it has a content.md`);
  const meta = join(root, metaName);
  const label = existsSync(meta) ? text(read(meta, metaName), 'title') : undefined;
  const files = templateOf(root);
  return lessonOf({
    format: lessonFormat,
    version: lessonFormatVersion,
    ...(label === undefined ? {} : { label }),
    ...(files === undefined ? {} : { files }),
    steps: folders.map((folder) => stepOf(root, folder)),
  });
}
