/** What a new version of a lesson means for what the reader wrote. */

/** Text of a file, null for none. */
export type FileText = string | null;

/** What the reader made of a file, and of what. */
export interface ReaderEdit {
  /** The author's text when the reader began. */
  readonly base: FileText;
  readonly text: FileText;
}

/**
 * - `none`: the file is the author's.
 * - `kept`: the author's is what it was when the reader edited it.
 * - `differs`: both changed it, and the reader has not chosen yet.
 */
export type EditState = 'none' | 'kept' | 'differs';

export function editState(edit: ReaderEdit | undefined, author: FileText): EditState {
  if (edit === undefined || edit.text === author) return 'none';
  return edit.base === author ? 'kept' : 'differs';
}

/** The record of a file after it became `text`; undefined if it is the author's. */
export function edited(before: ReaderEdit | undefined, author: FileText, text: FileText): ReaderEdit | undefined {
  return text === author ? undefined : { base: before === undefined ? author : before.base, text };
}

/** After the reader chose to keep what is there: the author's version of today is known. */
export function chosen(edit: ReaderEdit, author: FileText): ReaderEdit {
  return { base: author, text: edit.text };
}
