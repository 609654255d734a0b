/**
 * What Node's `console` has from V8's own: methods that speak to an inspector, of which there is none. So they do nothing, in Node too;
 * but programs call them (React its `timeStamp` and `createTask`), or look whether they are there.
 */
import { showAsNative } from './modules/function-texts.ts';
import type { Untyped } from './realm.ts';

const inspected = [
  ...[
    'dir',
    'dirXml',
    'table',
    'groupEnd',
    'clear',
    'count',
    'countReset',
    'profile',
    'profileEnd',
    'debug',
    'error',
    'info',
    'log',
    'warn',
  ],
  ...['trace', 'group', 'groupCollapsed', 'assert', 'time', 'timeLog', 'timeEnd', 'timeStamp'],
] as const;

/** A function that is no constructor, as those of the engine. */
function silent(name: string, length: number): () => void {
  const { method } = { method() {} };
  return Object.defineProperties(method, { name: { value: name }, length: { value: length } });
}

function refuse(message: string): never {
  throw new Error(message);
}

export function addConsoleOfV8(console: Untyped): void {
  const tasks = new WeakSet();
  const methods = {
    profile: silent('profile', 0),
    profileEnd: silent('profileEnd', 0),
    timeStamp: silent('timeStamp', 0),
    context(_name: unknown): object {
      const made = Object.create({}) as Record<string, unknown>;
      for (const name of inspected) made[name] = silent(name, name === 'assert' ? 1 : 0);
      return made;
    },
    createTask(): object {
      // eslint-disable-next-line prefer-rest-params -- a parameter would show in `length`
      const [name] = arguments as unknown as [unknown];
      if (typeof name !== 'string' || name === '') refuse('First argument must be a non-empty string.');
      const task = {
        run(this: object): unknown {
          // eslint-disable-next-line prefer-rest-params -- as above
          const [work] = arguments as unknown as [unknown];
          if (!tasks.has(this)) refuse("'run' called with illegal receiver.");
          if (typeof work !== 'function') refuse('First argument must be a function.');
          return Reflect.apply(work, undefined, []);
        },
      };
      tasks.add(task);
      return task;
    },
  };
  // Where both have a method, Node's goes by V8's name for it.
  for (const name of ['dirxml', 'groupCollapsed']) Object.defineProperty(console[name], 'name', { value: name });
  showAsNative(methods);
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(console, name, { value, writable: true, enumerable: true, configurable: true });
  }
}
