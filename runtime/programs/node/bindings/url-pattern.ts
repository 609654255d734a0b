import type { UrlPatternMatching } from '../../../process/platform.ts';
import type { MakeBinding } from '../realm.ts';
import { unavailable } from './absent.ts';

const components = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash', 'hasRegExpGroups'] as const;

function typeError(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

const initMembers = ['baseURL', 'hash', 'hostname', 'password', 'pathname', 'port', 'protocol', 'search', 'username'];

function membersOf(value: object, isInit: boolean): object {
  const members: Record<string, unknown> = {};
  for (const name of isInit ? initMembers : ['ignoreCase']) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) members[name] = member;
  }
  return members;
}

/** `internalBinding('url_pattern')`, over the platform's own; where there is none, using the class fails by name. */
export const makeUrlPattern: MakeBinding = (realm) => {
  const make = realm.platform.makeUrlPattern;
  const patterns = new WeakMap<object, UrlPatternMatching>();

  const matching = (pattern: unknown): UrlPatternMatching => {
    const found = patterns.get(pattern as object);
    if (found === undefined) throw new TypeError('Illegal invocation');
    return found;
  };

  function checkInput(value: unknown): void {
    if (value !== undefined && typeof value !== 'string' && (typeof value !== 'object' || value === null)) {
      throw typeError('ERR_INVALID_ARG_TYPE', 'Input must be an object or a string');
    }
  }

  // A function and no class: a call without `new` has an error of its own.
  function URLPattern(this: object, ...args: readonly unknown[]): void {
    if (!new.target) throw typeError('ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`');
    if (make === undefined) throw unavailable('URLPattern', 'this engine has no implementation of it');
    checkInput(args[0]);
    const [, second, third] = args;
    if (args.length > 1 && typeof second !== 'string' && (typeof second !== 'object' || second === null)) {
      throw typeError('ERR_INVALID_ARG_TYPE', 'second argument must be a string or object');
    }
    if (args.length > 2 && (typeof third !== 'object' || third === null))
      throw typeError('ERR_INVALID_ARG_TYPE', 'options must be an object');
    // Read here, so that what the program's getters throw is not taken for a bad pattern.
    const given = args.map((value, index) => (typeof value === 'object' && value !== null ? membersOf(value, index === 0) : value));
    try {
      patterns.set(this, make(given));
    } catch {
      throw typeError('ERR_INVALID_URL_PATTERN', 'Failed to construct URLPattern');
    }
  }

  const prototype = URLPattern.prototype as object;
  for (const name of components) {
    Object.defineProperty(prototype, name, {
      get(this: unknown) {
        return matching(this).component(name);
      },
      enumerable: true,
      configurable: false,
    });
  }
  const methods = {
    exec(this: unknown, ...args: readonly unknown[]): object | null {
      checkInput(args[0]);
      return matching(this).exec(args);
    },
    test(this: unknown, ...args: readonly unknown[]): boolean {
      checkInput(args[0]);
      return matching(this).test(args);
    },
  };
  Object.assign(prototype, methods);
  Object.defineProperty(URLPattern, 'length', { value: 0, configurable: true });
  return { URLPattern };
};
