import type { OutputStrings } from '../output/output-strings.ts';
import type { RunStrings } from '../run/run-strings.ts';
import type { ShareStrings } from '../share/share-strings.ts';
import type { Strings } from '../shared/strings.ts';
import type { StatusStrings } from '../status/status-strings.ts';

/** All texts of one language, by table: the compiler names those that are missing. A table that is not here is English in every language. */
// An alias: of an interface the compiler does not know that all its tables are tables.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- as said
export type Locale = {
  readonly shared: Strings;
  readonly output: OutputStrings;
  readonly run: RunStrings;
  readonly status: StatusStrings;
  readonly share: ShareStrings;
};
