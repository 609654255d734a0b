import { assert } from 'chai';
import { clear, show, until } from './testing/page.ts';

describe('ThemeController, on a page of a framework', () => {
  afterEach(clear);

  const names: readonly (readonly [attribute: string, dark: string, light: string])[] = [
    ['data-theme', 'dark', 'light'],
    ['data-color-scheme', 'dark', 'light'],
    ['data-bs-theme', 'dark', 'light'],
    ['data-md-color-scheme', 'slate', 'default'],
    ['class', 'dark', ''],
  ];
  for (const [attribute, dark, light] of names) {
    it(`follows ${attribute}="${dark}", and back`, async () => {
      const place = await show('<bv-container></bv-container>');
      const scheme = () => getComputedStyle(place.querySelector('bv-container')!).colorScheme;
      const before = scheme();
      assert.notEqual(before, 'dark');
      for (const element of [document.documentElement, document.body]) {
        element.setAttribute(attribute, dark);
        await until('the dark', () => scheme() === 'dark');
        element.setAttribute(attribute, light);
        await until('the light', () => scheme() !== 'dark');
        element.removeAttribute(attribute);
      }
    });
  }
});
