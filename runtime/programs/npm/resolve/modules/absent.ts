/** A module that npm's code imports and, in a page, never calls: sigstore, git, node-gyp, audits, selectors, running scripts, comparing and printing trees. */
function absent(): never {
  throw new Error('This part of npm needs what a page does not have');
}

export default new Proxy(absent, { get: (target, key) => (key === 'prototype' ? target.prototype : absent) });
