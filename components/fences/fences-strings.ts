import { stringsOf } from '../shared/strings.ts';

export const fencesEnglish = {
  controls: (file: string) => (file === '' ? 'Code example' : `Code example, ${file}`),
  run: 'Run',
  stop: 'Stop',
  edit: 'Edit',
  reset: 'Reset',
  output: 'Output',
  starting: 'Starting …',
  running: 'Running',
  ended: 'Ended',
  endedWith: (code: number) => `Ended with code ${code}`,
  stopped: 'Stopped',
  silent: 'It printed nothing.',
  cut: 'Older output was dropped.',
  failed: (reason: string) => `Could not run: ${reason}`,
  helpRun: 'Control Enter runs it.',
};

export type FencesStrings = typeof fencesEnglish;
export const fencesStrings = stringsOf('fences', fencesEnglish);
