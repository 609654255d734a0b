import type { EditorStrings } from '../editor/editor-strings.ts';
import type { FencesStrings } from '../fences/fences-strings.ts';
import type { FilesStrings } from '../files/files-strings.ts';
import type { LayoutStrings } from '../layout/layout-strings.ts';
import type { LessonStrings } from '../lesson/lesson-strings.ts';
import type { OutputStrings } from '../output/output-strings.ts';
import type { RunStrings } from '../run/run-strings.ts';
import type { ShareStrings } from '../share/share-strings.ts';
import type { ErrorStrings } from '../shared/error-strings.ts';
import type { Strings } from '../shared/strings.ts';
import type { StatusStrings } from '../status/status-strings.ts';
import type { TabsStrings } from '../tabs/tabs-strings.ts';
import type { TerminalStrings } from '../terminal/terminal-strings.ts';

/** All texts of one language but those of lessons, by table: the compiler names those that are missing. */
// An alias: of an interface the compiler does not know that all its tables are tables.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- as said
export type Locale = {
  readonly shared: Strings;
  /** What is said before the runtime's own words, which are English. */
  readonly errors: ErrorStrings;
  readonly output: OutputStrings;
  readonly run: RunStrings;
  readonly status: StatusStrings;
  readonly share: ShareStrings;
  readonly terminal: TerminalStrings;
  readonly editor: EditorStrings;
  readonly files: FilesStrings;
  readonly layout: LayoutStrings;
  readonly tabs: TabsStrings;
  readonly fences: FencesStrings;
};

/** Those of lessons, which are more than all others: loaded with the first lesson. */
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- as above
export type LessonLocale = {
  readonly lesson: LessonStrings;
};
