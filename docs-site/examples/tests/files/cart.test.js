import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Cart } from './cart.js';

describe('A cart', () => {
  let cart;
  beforeEach(() => {
    cart = new Cart();
  });

  it('is empty at first', () => {
    assert.equal(cart.total(), 0);
  });

  it('adds up what is in it', () => {
    cart.add('tea', 250);
    cart.add('cup', 800);
    assert.equal(cart.total(), 1050);
  });

  it('counts what is bought more than once', () => {
    cart.add('tea', 250, 3);
    assert.equal(cart.total(), 750);
  });

  it('forgets what was removed', () => {
    cart.add('tea', 250);
    cart.remove('tea');
    assert.equal(cart.total(), 0);
  });
});
