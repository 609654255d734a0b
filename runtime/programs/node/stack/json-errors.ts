/** Errors of `JSON`: V8's words in engines that have others, and where in a text they are, for one that ends the program. */
import type * as wording from '../parts/wording.ts';
import { tellArrow } from './told-arrows.ts';
import { raiseLimit, throwingWhole } from './whole-stacks.ts';

/** Undefined where it cannot be had. */
type Words = () => Pick<typeof wording, 'circleMessage' | 'jsonArrow' | 'jsonMessage'> | undefined;

const circular = /cyclic object value|circular reference|cyclic structures/;

function define(name: 'parse' | 'stringify', value: unknown): void {
  Object.defineProperty(JSON, name, { value, writable: true, enumerable: false, configurable: true });
}

const arrowOf = (words: Words, text: unknown) => () => words()?.jsonArrow(String(text));

/**
 * Lets `JSON.parse` and `JSON.stringify` fail in V8's words.
 *
 * @param held Is told what `JSON` calls a program's function on, while it does.
 */
export function wordJsonErrors(words: Words, held: unknown[]): void {
  const { parse: native, stringify: nativeStringify } = JSON;
  const { captureStackTrace } = Error;
  /** Thrown by a built-in function, not made by a constructor. */
  const thrown = <Thrown extends Error>(error: Thrown): Thrown => {
    captureStackTrace(error);
    return error;
  };
  const holding = (callback: unknown): unknown =>
    typeof callback !== 'function'
      ? callback
      : function (this: unknown, ...given: unknown[]): unknown {
          held.push(this);
          try {
            return Reflect.apply(callback, this, given);
          } finally {
            held.pop();
          }
        };
  const { stringify } = {
    stringify(this: unknown, value: unknown, replacer?: unknown, space?: unknown): unknown {
      try {
        return Reflect.apply(nativeStringify, this, [value, holding(replacer), space]) as unknown;
      } catch (error) {
        const told = error instanceof TypeError && circular.test(error.message) ? words()?.circleMessage(value) : undefined;
        throw told === undefined ? error : thrown(new TypeError(told));
      }
    },
  };
  define('stringify', stringify);
  const { parse } = {
    parse(this: unknown, text: unknown, reviver?: unknown): unknown {
      try {
        return Reflect.apply(native, this, [text, holding(reviver)]) as unknown;
      } catch (error) {
        if (!(error instanceof SyntaxError) || typeof text === 'symbol') throw error;
        const message = words()?.jsonMessage(String(text));
        if (message === undefined) throw error;
        const worded = thrown(new SyntaxError(message));
        tellArrow(worded, arrowOf(words, text));
        throw worded;
      }
    },
  };
  define('parse', parse);
}

const { toString } = Function.prototype;
const looksAtLimit = (callback: Function): boolean => (Reflect.apply(toString, callback, []) as string).includes('stackTraceLimit');

/** Remembers where V8's own errors of `JSON.parse` are. */
export function placeJsonErrors(words: Words): void {
  const { parse: native } = JSON;
  const { parse } = {
    parse(this: unknown, text: unknown, reviver?: unknown): unknown {
      // This frame is between those of a reviver and of who called.
      const lower = typeof reviver === 'function' && !looksAtLimit(reviver) ? raiseLimit(1) : undefined;
      try {
        return Reflect.apply(native, this, [text, reviver]) as unknown;
      } catch (error) {
        if (!(error instanceof SyntaxError) || typeof text === 'symbol' || typeof text === 'object') throw error;
        try {
          // Once more, for a frame of ours took the place of one of the program's.
          throwingWhole(() => Reflect.apply(native, this, [text]) as unknown);
        } catch (whole) {
          tellArrow(whole as Error, arrowOf(words, text));
          throw whole;
        }
        // It is JSON. What a reviver throws is its own.
        throw error;
      } finally {
        lower?.();
      }
    },
  };
  define('parse', parse);
}
