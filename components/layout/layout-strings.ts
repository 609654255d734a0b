import { stringsOf } from '../shared/strings.ts';

export const layoutEnglish = {
  separator: (before: string, after: string) => `Size of ${before} and ${after}`,
  pane: (number: number) => `pane ${number}`,
  share: (percent: number) => `${percent} %`,
};

export type LayoutStrings = typeof layoutEnglish;
export const layoutStrings = stringsOf('layout', layoutEnglish);
