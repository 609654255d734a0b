/**
 * `Intl` inside QuickJS, which has none: the host's own, asked across the boundary (`intl-host.ts`). An object remembers what it was
 * made with as text, and the host keeps the formatter of that text: nothing has to be given back.
 */
import type { IntlOperation, LocalisedType } from './intl-host.ts';

export type AskIntl = (operation: IntlOperation, ...args: readonly unknown[]) => unknown;
type Options = Readonly<Record<string, unknown>>;

const dateOptions =
  'localeMatcher calendar numberingSystem hour12 hourCycle timeZone weekday era year month day dayPeriod hour minute second fractionalSecondDigits timeZoneName formatMatcher dateStyle timeStyle';
const numberOptions =
  'localeMatcher numberingSystem style currency currencyDisplay currencySign unit unitDisplay notation compactDisplay signDisplay useGrouping minimumIntegerDigits minimumFractionDigits maximumFractionDigits minimumSignificantDigits maximumSignificantDigits roundingIncrement roundingMode roundingPriority trailingZeroDisplay';
const durationUnits = 'years months weeks days hours minutes seconds milliseconds microseconds nanoseconds';

/** The options that each class reads. */
const optionNames: Readonly<Record<string, string>> = {
  Collator: 'localeMatcher usage sensitivity ignorePunctuation numeric caseFirst collation',
  DateTimeFormat: dateOptions,
  DisplayNames: 'localeMatcher style type fallback languageDisplay',
  DurationFormat: `localeMatcher numberingSystem style fractionalDigits ${durationUnits} ${durationUnits.replace(/\w+/g, '$&Display')}`,
  ListFormat: 'localeMatcher type style',
  Locale: 'language script region variants calendar collation firstDayOfWeek hourCycle caseFirst numeric numberingSystem',
  NumberFormat: numberOptions,
  PluralRules: `type ${numberOptions}`,
  RelativeTimeFormat: 'localeMatcher numberingSystem style numeric',
  Segmenter: 'localeMatcher granularity',
};
/** As functions they make an object, too. */
const callable = /^(?:Collator|DateTimeFormat|NumberFormat)$/;
/** Accessors that give a function of the object. */
const bound: Readonly<Record<string, string>> = { Collator: 'compare', DateTimeFormat: 'format', NumberFormat: 'format' };

function optionsOf(name: string, given: unknown): Options | null {
  if (given === undefined) return null;
  if (given === null) throw new TypeError('Cannot convert undefined or null to object');
  const options: Record<string, unknown> = {};
  for (const key of optionNames[name]!.split(' ')) {
    const value = (given as Options)[key];
    if (value !== undefined) options[key] = typeof value === 'object' || typeof value === 'bigint' ? String(value) : value;
  }
  return options;
}

const tags = new WeakMap<object, string>();

function localesOf(given: unknown): string | readonly string[] | null {
  const tag = (one: unknown): string => {
    if (typeof one === 'string') return one;
    if (typeof one !== 'object' || one === null) throw new TypeError('Language ID should be string or object.');
    return tags.get(one) ?? String(one);
  };
  if (given === undefined) return null;
  if (given === null) throw new TypeError('Cannot convert undefined or null to object');
  if (typeof given === 'string' || tags.has(given)) return tag(given);
  return Array.from(given as ArrayLike<unknown>, tag);
}

const numeric = (value: unknown): unknown => (typeof value === 'bigint' || typeof value === 'string' ? value : Number(value));
const time = (value: unknown): number => (value === undefined ? Date.now() : Number(value));
const texts = (list: unknown): readonly string[] =>
  Array.from((list ?? []) as Iterable<unknown>, (one) => {
    if (typeof one !== 'string') throw new TypeError('Iterable yielded a non-String value');
    return one;
  });
const duration = (value: unknown): unknown => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) throw new TypeError('Invalid argument: duration is not an object');
  const units = durationUnits.split(' ').map((unit) => [unit, (value as Options)[unit]] as const);
  return Object.fromEntries(units.filter(([, count]) => count !== undefined).map(([unit, count]) => [unit, Number(count)]));
};

/** What the methods of each class are given, as data that can cross. */
const takes: Readonly<Record<string, (args: readonly unknown[]) => readonly unknown[]>> = {
  Collator: ([a, b]) => [String(a), String(b)],
  DateTimeFormat: (args) => args.map(time),
  DisplayNames: ([code]) => [String(code)],
  DurationFormat: ([value]) => [duration(value)],
  ListFormat: ([list]) => [texts(list)],
  Locale: () => [],
  NumberFormat: (args) => args.map(numeric),
  PluralRules: (args) => args.map(numeric),
  RelativeTimeFormat: ([value, unit]) => [Number(value), String(unit)],
  Segmenter: ([text]) => [String(text)],
};
/** Of methods that are given something: how much of it counts. */
const argumentCount = (method: string): number => (method.includes('Range') ? 2 : /^(?:resolvedOptions|get|to|m)/.test(method) ? 0 : 1);

const hidden = (value: unknown): PropertyDescriptor => ({ value, writable: true, enumerable: false, configurable: true });

type Segment = readonly [segment: string, index: number, isWordLike: boolean | undefined];

/** `%SegmentsPrototype%` and its iterator, over segments that the host has found all at once. */
function segmentsOf(input: string, found: readonly Segment[]): object {
  const dataOf = ([segment, index, isWordLike]: Segment) => ({
    segment,
    index,
    input,
    ...(isWordLike === undefined ? {} : { isWordLike }),
  });
  return {
    containing(at: unknown = 0) {
      const index = Math.trunc(Number(at)) || 0;
      const segment = found.find(([text, start]) => index >= start && index < start + text.length);
      return segment === undefined ? undefined : dataOf(segment);
    },
    *[Symbol.iterator]() {
      for (const segment of found) yield dataOf(segment);
    },
  };
}

/** Makes one class. Its objects know their class, locales and options as text. */
function makeClass(ask: AskIntl, name: string, methods: readonly string[]): Function {
  const keys = new WeakMap<object, string>();
  const keyOf = (object: object): string => {
    const key = keys.get(object);
    if (key === undefined) throw new TypeError(`Method called on an object that is no Intl.${name}`);
    return key;
  };
  const call = (object: object, method: string, args: readonly unknown[]): unknown => {
    const key = keyOf(object);
    const most = name === 'Collator' || name === 'RelativeTimeFormat' ? 2 : 1;
    const count = argumentCount(method) === 1 ? most : argumentCount(method);
    const given = Array.from({ length: count }, (_, at) => args[at]);
    return ask('call', key, method, count === 0 ? [] : takes[name]!(given));
  };
  const { [name]: Class } = {
    [name]: function (this: unknown, locales: unknown, options: unknown): unknown {
      if (new.target === undefined && !callable.test(name)) throw new TypeError(`Constructor Intl.${name} requires 'new'`);
      const prototype = (new.target ?? Class!).prototype as object;
      const object = Object.create(prototype) as object;
      const read = optionsOf(name, options);
      if (name === 'DisplayNames' && read === null) throw new TypeError('Cannot convert undefined or null to object');
      if (name === 'Locale') {
        if (typeof locales !== 'string' && (typeof locales !== 'object' || locales === null))
          throw new TypeError("First argument to Intl.Locale constructor can't be empty or missing");
        const fields = ask('locale', localesOf(locales), read) as Options;
        localeFields.set(object, fields);
        tags.set(object, fields['tag'] as string);
        keys.set(object, JSON.stringify([name, fields['tag'], null]));
        return object;
      }
      const key = JSON.stringify([name, localesOf(locales), read]);
      ask('call', key, 'resolvedOptions', []); // Now, for what is wrong with them.
      keys.set(object, key);
      return object;
    },
  } as Record<string, Function>;
  const localeFields = new WeakMap<object, Options>();
  const prototype = Class!.prototype as object;
  Object.defineProperty(Class, 'length', { value: name === 'DisplayNames' ? 2 : name === 'Locale' ? 1 : 0, configurable: true });
  Object.defineProperty(Class, 'prototype', { writable: false });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: `Intl.${name}`, configurable: true });
  for (const method of methods) {
    if (bound[name] === method) {
      const functions = new WeakMap<object, Function>();
      Object.defineProperty(prototype, method, {
        get(this: object) {
          keyOf(this);
          let made = functions.get(this);
          if (made === undefined) functions.set(this, (made = (...args: unknown[]) => call(this, method, args)));
          return made;
        },
        enumerable: false,
        configurable: true,
      });
      continue;
    }
    const { [method]: run } = {
      [method](this: object, ...args: unknown[]): unknown {
        const result = call(this, method, args);
        if (method === 'segment') return segmentsOf(String(args[0]), result as Segment[]);
        return method === 'maximize' || method === 'minimize' ? new (Class as new (tag: unknown) => object)(result) : result;
      },
    };
    Object.defineProperty(prototype, method, hidden(run));
  }
  if (name === 'Locale') {
    for (const field of ['baseName', ...optionNames['Locale']!.split(' ')]) {
      Object.defineProperty(prototype, field, {
        get(this: object) {
          keyOf(this);
          return localeFields.get(this)![field];
        },
        enumerable: false,
        configurable: true,
      });
    }
  } else {
    const supportedLocalesOf = {
      supportedLocalesOf: (locales: unknown, options?: unknown) =>
        ask('supportedLocalesOf', name, localesOf(locales), optionsOf(name, options)),
    }.supportedLocalesOf;
    Object.defineProperty(Class, 'supportedLocalesOf', hidden(supportedLocalesOf));
  }
  return Class!;
}

/** Methods of built-in prototypes that follow the conventions of a place. */
function replaceMethods(ask: AskIntl): void {
  const replace = (
    owner: { readonly prototype: object; readonly name: string },
    method: string,
    valueOf: (self: unknown) => unknown,
    argsOf: (args: readonly unknown[]) => readonly unknown[],
  ) => {
    const { [method]: run } = {
      [method](this: unknown, ...args: unknown[]): unknown {
        return ask('ofValue', owner.name as LocalisedType, method, valueOf(this), argsOf(args));
      },
    };
    Object.defineProperty(owner.prototype, method, hidden(run));
  };
  const { getTime } = Date.prototype;
  const { valueOf: numberValue } = Number.prototype;
  const { valueOf: bigIntValue } = BigInt.prototype;
  const withOptions =
    (options: string) =>
    ([locales, given]: readonly unknown[]) => [localesOf(locales), optionsOf(options, given)];
  for (const method of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'])
    replace(Date, method, (self) => Reflect.apply(getTime, self, []), withOptions('DateTimeFormat'));
  replace(Number, 'toLocaleString', (self) => Reflect.apply(numberValue, self, []), withOptions('NumberFormat'));
  replace(BigInt, 'toLocaleString', (self) => Reflect.apply(bigIntValue, self, []), withOptions('NumberFormat'));
  const textOf = (self: unknown): string => {
    if (self === undefined || self === null) throw new TypeError('String.prototype method called on null or undefined');
    return String(self);
  };
  replace(String, 'localeCompare', textOf, ([that, locales, options]) => [
    String(that),
    localesOf(locales),
    optionsOf('Collator', options),
  ]);
  for (const method of ['toLocaleLowerCase', 'toLocaleUpperCase']) replace(String, method, textOf, ([locales]) => [localesOf(locales)]);
}

/** Before Node's library looks for it. */
export function installIntl(ask: AskIntl): void {
  if ((globalThis as { Intl?: unknown }).Intl !== undefined) return;
  const intl = {};
  Object.defineProperty(intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
  for (const [name, methods] of ask('names') as readonly (readonly [string, readonly string[]])[])
    Object.defineProperty(intl, name, hidden(makeClass(ask, name, methods)));
  const functions = {
    getCanonicalLocales: (locales: unknown) => ask('getCanonicalLocales', localesOf(locales)),
    supportedValuesOf: (key: unknown) => ask('supportedValuesOf', String(key)),
  };
  for (const [name, run] of Object.entries(functions)) Object.defineProperty(intl, name, hidden(run));
  Object.defineProperty(globalThis, 'Intl', hidden(intl));
  replaceMethods(ask);
}
