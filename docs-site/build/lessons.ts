/** Lessons of examples: steps with checks, a hint and a solution, as an author would write them. */
import { escapeHtml } from './highlight.ts';

/** `lesson.json`, beside `example.json`. */
export interface Lesson {
  readonly steps: readonly LessonStep[];
}

export interface LessonStep {
  readonly name: string;
  readonly label: string;
  /** Markup of the prose. */
  readonly text: string;
  readonly focus: string;
  readonly preview?: string;
  /** Files that come with the step. */
  readonly files?: Readonly<Record<string, readonly string[]>>;
  /** Attributes of each `<bv-check>`, and `help`, its content. */
  readonly checks: readonly Readonly<Record<string, string>>[];
  readonly hint: string;
  /** By path: pieces of text of the file, and what takes their place. */
  readonly solution: Readonly<Record<string, readonly (readonly [before: string, after: string])[]>>;
}

const indented = (text: string, by: string) => text.trimEnd().replaceAll(/^(?=.)/gm, by);

/** As an author would write it: a script of its own kind, or `<pre>` where the text would end a script. */
export function fileMarkup(path: string, text: string, by = '  '): string {
  if (/<\/?script|<!--/i.test(text)) return `${by}<pre path="${path}">\n${indented(escapeHtml(text), `${by}  `)}\n${by}</pre>`;
  return `${by}<script type="bv-file" path="${path}">\n${indented(text, `${by}  `)}\n${by}</script>`;
}

export const attributesOf = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => (value === '' ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`))
    .join('');

function checkMarkup({ help = '', ...attributes }: Readonly<Record<string, string>>): string {
  return `    <bv-check${attributesOf(attributes)}>${help}</bv-check>`;
}

/** @throws {Error} if a piece of text that a solution replaces is not in its file. */
function solved(files: ReadonlyMap<string, string>, { name, solution }: LessonStep): ReadonlyMap<string, string> {
  const changed = new Map<string, string>();
  for (const [path, pieces] of Object.entries(solution)) {
    let text = files.get(path);
    for (const [before, after] of pieces) {
      if (text?.includes(before) !== true) throw new Error(`The solution of "${name}" finds no ${JSON.stringify(before)} in ${path}`);
      text = text.replace(before, () => after);
    }
    changed.set(path, text ?? '');
  }
  return changed;
}

/** The steps; each starts with what the solutions before it made. */
export function stepsMarkup({ steps }: Lesson, authored: ReadonlyMap<string, string>): string {
  let files = authored;
  return steps
    .map((step) => {
      const { name, label, text, focus, preview, checks, hint } = step;
      const added = new Map(Object.entries(step.files ?? {}).map(([path, lines]) => [path, `${lines.join('\n')}\n`] as const));
      const start = new Map([...files, ...added]);
      const changed = solved(start, step);
      files = new Map([...start, ...changed]);
      return [
        `  <bv-step${attributesOf({ name, label, focus, ...(preview === undefined ? {} : { preview }) })}>`,
        `    <h2>${escapeHtml(label)}</h2>`,
        `    ${text}`,
        ...[...added].map(([path, content]) => fileMarkup(path, content, '    ')),
        ...checks.map(checkMarkup),
        `    <bv-hint>${hint}</bv-hint>`,
        '    <bv-solution>',
        ...[...changed].map(([path, content]) => fileMarkup(path, content, '      ')),
        '    </bv-solution>',
        '  </bv-step>',
      ].join('\n');
    })
    .join('\n');
}
