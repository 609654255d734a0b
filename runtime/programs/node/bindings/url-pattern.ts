import type { Untyped } from '../realm.ts';
import { unavailable } from './absent.ts';

/** `internalBinding('url_pattern')`. */
export function makeUrlPattern(): Untyped {
  return {
    URLPattern: class URLPattern {
      constructor() {
        throw unavailable('URLPattern', 'this build has no implementation of it');
      }
    },
  };
}
