import { stringsOf } from '../shared/strings.ts';

export const tabsEnglish = {
  label: 'Tabs',
  tab: (number: number) => `Tab ${number}`,
};

export type TabsStrings = typeof tabsEnglish;
export const tabsStrings = stringsOf('tabs', tabsEnglish);
