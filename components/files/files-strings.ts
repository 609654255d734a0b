import type { FileChange } from '../shared/working-files.ts';
import { stringsOf } from '../shared/strings.ts';

export const filesEnglish = {
  label: 'Files',
  actions: 'Actions on files',
  newFile: 'New file',
  newFolder: 'New folder',
  rename: 'Rename',
  cut: 'Cut',
  paste: 'Paste',
  remove: 'Delete',
  bringBack: 'Bring back',
  upload: 'Add files …',
  uploadFolder: 'Add a folder …',
  download: 'Download',
  downloadZip: 'Download as zip',
  more: 'More actions',
  name: 'Name',
  empty: 'There are no files.',
  changes: { added: 'added', modified: 'changed', deleted: 'deleted' } as Readonly<Record<FileChange, string>>,
  marks: { added: 'A', modified: 'M', deleted: 'D' } as Readonly<Record<FileChange, string>>,
  readonly: 'read-only',
  cutNow: 'cut',
  row: (name: string, states: readonly string[]) => [name, ...states].join(', '),
  removed: (name: string) => `Deleted ${name}.`,
  restored: (name: string) => `${name} is back.`,
  moved: (name: string, folder: string) => (folder === '' ? `Moved ${name} to the top.` : `Moved ${name} to ${folder}.`),
  willMove: (name: string) => `Cut ${name}. Go to a folder and paste.`,
  added: (count: number) => (count === 1 ? 'Added 1 file.' : `Added ${count} files.`),
  badName: (name: string) => `${JSON.stringify(name)} cannot be a name here`,
  taken: (name: string) => `There is ${JSON.stringify(name)} already`,
  protected: (name: string) => `${JSON.stringify(name)} is read-only`,
  intoItself: (name: string) => `${JSON.stringify(name)} cannot be moved into itself`,
};

export type FilesStrings = typeof filesEnglish;
export const filesStrings = stringsOf('files', filesEnglish);
