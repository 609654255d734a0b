/** The examples: a folder each, with `example.json` and `files/`. What a page shows and what the tests expect come from there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeHtml, highlight } from './highlight.ts';
import { attributesOf, fileMarkup, stepsMarkup } from './lessons.ts';
import type { Lesson } from './lessons.ts';

export const examplesFolder = join(import.meta.dirname, '../examples');

/** `example.json` */
interface Settings {
  /** Names the container for screen readers. */
  readonly label: string;
  /** Files with an editor, in order. */
  readonly edit: readonly string[];
  /** More attributes of the editor. */
  readonly editor?: Readonly<Record<string, string>>;
  /** Lines of markup with the elements of the container, in place of an editor with a terminal, an output and a preview. */
  readonly inside?: readonly string[];
  /** A line of shell for the terminal; none where the example is a page that has no terminal. */
  readonly command?: string;
  /** A line of shell for an output, in place of a terminal. */
  readonly output?: string;
  /** More elements, before the container and for it. */
  readonly more?: readonly string[];
  /** Of the server that the preview shows. */
  readonly port?: number;
  readonly path?: string;
  /** More attributes of the container. `{root}` stands for the root of the site. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** What a reader sees once it was run: every text, in the terminal and in the preview. */
  readonly shows: {
    readonly terminal?: readonly string[];
    readonly output?: readonly string[];
    readonly preview?: readonly string[];
    /** What the container itself says. */
    readonly notices?: readonly string[];
  };
}

export interface Example extends Settings {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  /** Where there is a `lesson.json`. */
  readonly lesson?: Lesson;
}

/** @throws {Error} if there is no such example, or an editor names a file that it does not have. */
export function readExample(name: string): Example {
  const folder = join(examplesFolder, name);
  const settings = JSON.parse(readFileSync(join(folder, 'example.json'), 'utf8')) as Settings;
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(join(folder, 'files').length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
  }
  for (const file of settings.edit) if (!files.has(file)) throw new Error(`The example "${name}" has no file "${file}" to edit`);
  const lessonFile = join(folder, 'lesson.json');
  const lesson = existsSync(lessonFile) ? { lesson: JSON.parse(readFileSync(lessonFile, 'utf8')) as Lesson } : {};
  return { name, ...settings, ...lesson, files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

export function exampleNames(): readonly string[] {
  return readdirSync(examplesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function containerMarkup(example: Example): string {
  const { label, command, output, port, path, attributes = {}, edit, editor = {}, inside, files } = example;
  const shown = inside?.map((line) => `  ${line}`) ?? [
    `  <bv-editor ${edit.length === 1 ? 'file' : 'files'}="${edit.join(' ')}"${attributesOf(editor)}></bv-editor>`,
    ...(command === undefined ? [] : [`  <bv-terminal command="${escapeHtml(command)}"></bv-terminal>`]),
    ...(output === undefined ? [] : [`  <bv-output command="${escapeHtml(output)}"></bv-output>`]),
    ...(port === undefined ? [] : [`  <bv-preview port="${port}"${path === undefined ? '' : ` path="${escapeHtml(path)}"`}></bv-preview>`]),
  ];
  return [
    `<bv-container${attributesOf({ label, ...attributes })}>`,
    ...[...files].map(([file, text]) => fileMarkup(file, text)),
    ...shown,
    '</bv-container>',
  ].join('\n');
}

/** The markup of an example, to be put into any page with the script. */
export function exampleMarkup(example: Example): string {
  const { label, lesson, files, name, more = [], attributes = {} } = example;
  const controls = more.map((element) => element.replace('>', ` for="${attributes['id'] ?? ''}">`)).join('\n');
  const container = `${controls === '' ? '' : `<div class="controls">\n${controls}\n</div>\n`}${containerMarkup(example)}`;
  if (lesson === undefined) return container;
  const inside = container.replaceAll(/^(?=.)/gm, '  ');
  return `<bv-lesson${attributesOf({ persist: `docs-${name}`, label })}>\n${inside}\n${stepsMarkup(lesson, files)}\n</bv-lesson>`;
}

/** The live example, and under it the markup to copy. */
export function renderExample(name: string): string {
  const markup = exampleMarkup(readExample(name));
  return `<div class="example" data-example="${name}">
${markup}
<details>
<summary>The HTML of this example</summary>
<pre class="code" tabindex="0" role="group" aria-label="The HTML of this example"><code>${highlight(markup, 'html')}</code></pre>
</details>
</div>
`;
}
