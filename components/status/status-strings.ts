import { stringsOf } from '../shared/strings.ts';

export const statusEnglish = {
  label: 'Status',
  loading: (files: number, size: string) => `Starting … ${size} in ${files} files loaded`,
  ports: (ports: readonly number[]) =>
    ports.length === 1 ? `Running, listening on port ${ports.join()}` : `Running, listening on ports ${ports.join(', ')}`,
  details: 'Details',
  programs: 'Programs',
  noPrograms: 'No program runs.',
  program: 'Program',
  processId: 'ID',
  since: 'Runs for',
  busy: 'Busy for',
  memory: 'Memory',
  seconds: (seconds: string) => `${seconds} s`,
  paused: 'Paused',
  cost: 'What it costs',
  loaded: 'Loaded',
  loadedValue: (size: string, files: number) => (files === 1 ? `${size} in 1 file` : `${size} in ${files} files`),
  workers: 'Workers',
  written: 'Written to files',
  files: 'Files',
  unsaved: 'Changes not saved yet',
  openPorts: 'Open ports',
  none: 'None',
};

export type StatusStrings = typeof statusEnglish;
export const statusStrings = stringsOf('status', statusEnglish);
