import { assert } from 'chai';
import '../lesson/bv-lesson.ts';

describe('<bv-check>', () => {
  it('takes what is an attribute and a property as the attribute, which frameworks set', () => {
    const check = document.createElement('bv-check') as HTMLElement;
    Object.assign(check, { status: 404, click: 'button' });
    assert.equal(check.getAttribute('status'), '404');
    assert.equal(check.getAttribute('click'), 'button');
    assert.isFunction(check.click);
  });
});
