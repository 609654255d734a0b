import { stringsOf } from '../shared/strings.ts';

/** What the editor says once it is loaded. */
export const editorEnglish = {
  openFiles: 'Open files',
  closeFile: (file: string) => `Close ${file}`,
  format: 'Format',
  readonlyPart: 'This part cannot be edited.',
  foldedPart: (title: string) => (title === '' ? '⋯' : `⋯ ${title}`),
  unfold: (title: string) => (title === '' ? 'Unfold' : `Unfold: ${title}`),
  annotationError: (message: string) => `Error: ${message}`,
  annotationWarning: (message: string) => `Warning: ${message}`,
  annotationInfo: (message: string) => `Note: ${message}`,
  formatted: 'Formatted.',
  formattedAlready: 'It is formatted already.',
  cannotFormat: (file: string) => `Cannot format ${JSON.stringify(file)}: there is no formatter for files of its kind`,
  cannotFormatText: (file: string, reason: string) => `Cannot format ${JSON.stringify(file)}: ${reason}`,
  compared: (differences: number) => (differences === 1 ? 'Compared: 1 difference' : `Compared: ${differences} differences`),
  comparedEqual: 'Compared: no difference',
  takeOver: 'Take over',
  previousDifference: 'Previous difference',
  nextDifference: 'Next difference',
  closeComparison: 'Close the comparison',
  annotations: 'Notes on lines',
  annotatedLine: (line: number, text: string) => `Line ${line}. ${text}`,
  // CodeMirror's search panel.
  find: 'Find',
  replace: 'Replace',
  next: 'next',
  previous: 'previous',
  all: 'all',
  matchCase: 'match case',
  regexp: 'regexp',
  byWord: 'by word',
  replaceOne: 'replace',
  replaceAll: 'replace all',
  close: 'close',
  currentMatch: 'current match',
  onLine: 'on line',
  replacedMatch: 'replaced match on line $',
  replacedMatches: 'replaced $ matches',
  goToLine: 'Go to line',
  go: 'go',
};

export type EditorStrings = typeof editorEnglish;
export const editorStrings = stringsOf('editor', editorEnglish);
