import { assert } from 'chai';
import { clear, rendered, show, until } from './testing/page.ts';

const step = '<bv-step name="one" label="One"><p>Text.</p></bv-step>';

describe('An element whose layout depends on its width', () => {
  afterEach(clear);

  for (const [tag, markup] of Object.entries({
    'bv-container': '<bv-container></bv-container>',
    'bv-layout': '<bv-layout><div>left</div><div>right</div></bv-layout>',
    'bv-lesson': `<bv-lesson><bv-container></bv-container>${step}</bv-lesson>`,
  })) {
    it(`has room in a parent that shrinks to what it holds, and no more than there is: <${tag}>`, async () => {
      const place = await show(`<div style="display: flex"><section>${markup}</section></div>`);
      const element = place.querySelector<HTMLElement>(tag)!;
      await until('its definition', () => element.matches(':defined'));
      await rendered(place);
      const borders = element.offsetWidth - element.clientWidth;
      for (const [room, width] of [
        [2000, 960 + borders],
        [300, 300],
      ] as const) {
        place.style.inlineSize = `${room}px`;
        assert.equal(element.offsetWidth, width);
      }
      assert.isAtLeast(element.shadowRoot!.querySelector('.room')!.clientWidth, 300 - borders);
    });
  }
});
