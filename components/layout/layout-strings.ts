import { stringsOf } from '../shared/strings.ts';

export const layoutStrings = stringsOf('layout', {
  separator: (before: string, after: string) => `Size of ${before} and ${after}`,
  pane: (number: number) => `pane ${number}`,
  share: (percent: number) => `${percent} %`,
});
