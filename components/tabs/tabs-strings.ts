import { stringsOf } from '../shared/strings.ts';

export const tabsStrings = stringsOf('tabs', {
  label: 'Tabs',
  tab: (number: number) => `Tab ${number}`,
});
