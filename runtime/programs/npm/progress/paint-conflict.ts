/** npm's colours of why packages do not go together (`resolve/explain.ts`). */
import type { Color, Colors } from './colors.ts';

const marks: Readonly<Record<string, Color>> = {
  extraneous: 'red',
  dev: 'blue',
  optional: 'magenta',
  peer: 'magentaBright',
  bundled: 'cyan',
  workspace: 'blueBright',
  overridden: 'dim',
};
const words = Object.keys(marks).join('|');
/** What stands in front of what is wanted of a package. */
const wanted = new RegExp(`^( *(?:Found: )?)((?:(?:${words}) )+)(?=\\S+@".*" from |\\S+ from )`);
/** What stands behind a package. */
const marked = new RegExp(`(@[^\\s"]+)((?: (?:${words}))+)$`);
const place = /^( *)((?:[^\s"@]|\/@|^@)+)$/;

export function paintConflict(text: string, paint: Colors): string {
  const mark = (word: string) => {
    const color = marks[word];
    const painted = color === undefined ? word : paint[color](word);
    return word === 'bundled' ? paint.underline(painted) : painted;
  };
  const all = (some: string) => some.replace(/\w+/g, mark);
  return text
    .split('\n')
    .map((line) => {
      const at = place.exec(line);
      if (at !== null) return `${at[1]}${paint.dim(at[2]!)}`;
      return line
        .replace(wanted, (_, before: string, some: string) => before + all(some))
        .replace(marked, (_, before: string, some: string) => before + all(some));
    })
    .join('\n');
}
