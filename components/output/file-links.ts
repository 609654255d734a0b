/** Finds `file:line` in what programs print: stack traces, compilers' messages. */

export interface FileLink {
  /** Relative to the working directory. */
  readonly file: string;
  readonly line: number;
  readonly column: number | undefined;
}

export type Piece = string | { readonly text: string; readonly link: FileLink };

export interface Project {
  /** Absolute, without a slash at its end. */
  readonly workdir: string;
  /** The files that are known, relative to it. */
  readonly files: ReadonlySet<string>;
}

/** `src/a.js:3`, `file:///home/project/a.js:3:9`, `http://localhost:3000/a.js?t=1:3:9`, `src/a.ts(3,9)`. Each part is bounded: no text is slow to search. */
const pattern =
  /(?:file:\/\/|https?:\/\/localhost(?::\d{1,5})?)?(?:[\w@%+.~-]{0,100}\/){0,30}[\w@%+.~-]{1,100}\.\w{1,10}(?:\?[\w=&.%-]{0,200})?(?::(\d{1,7})(?::(\d{1,7}))?|\((\d{1,7}),(\d{1,7})\))/g;
/** Where static servers and bundlers have the files they serve at their root. */
const servedFolders = ['', 'public/', 'src/', 'static/', 'www/', 'dist/'];
/** What lies beyond is shown without links. */
const maxSearched = 5000;

function fileOf(place: string, { workdir, files }: Project): string | undefined {
  const path = place.replace(/^file:\/\//, '').replace(/\?.*$/, '');
  const served = /^https?:\/\/localhost(?::\d+)?\/(.*)$/.exec(path);
  if (served !== null) {
    const [, name = ''] = served;
    if (name.startsWith(`@fs${workdir}/`)) return name.slice(workdir.length + 4);
    return servedFolders.map((folder) => `${folder}${name}`).find((one) => files.has(one));
  }
  if (path.startsWith(`${workdir}/`)) return path.slice(workdir.length + 1);
  const relative = path.replace(/^\.\//, '');
  return files.has(relative) ? relative : undefined;
}

/** Cuts `text` at the places in it that name a file of the project. */
export function withLinks(text: string, project: Project | undefined): readonly Piece[] {
  if (project === undefined) return [text];
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.slice(0, maxSearched).matchAll(pattern)) {
    const [all, line, column, lineInBrackets, columnInBrackets] = match;
    const file = fileOf(all.replace(/(?::\d+){1,2}$|\(\d+,\d+\)$/, ''), project);
    if (file === undefined) continue;
    if (match.index > from) pieces.push(text.slice(from, match.index));
    const columnText = column ?? columnInBrackets;
    pieces.push({
      text: all,
      link: { file, line: Number(line ?? lineInBrackets), column: columnText === undefined ? undefined : Number(columnText) },
    });
    from = match.index + all.length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}
