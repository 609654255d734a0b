/** The host's `Intl`, for an engine that has none: the other end is `intl-program.ts`. Plain data in, plain data out. */

/** What a program may call of an object of each class. Data, so that nothing else of the host can be named. */
const methods = {
  Collator: ['compare', 'resolvedOptions'],
  DateTimeFormat: ['format', 'formatToParts', 'formatRange', 'formatRangeToParts', 'resolvedOptions'],
  DisplayNames: ['of', 'resolvedOptions'],
  DurationFormat: ['format', 'formatToParts', 'resolvedOptions'],
  ListFormat: ['format', 'formatToParts', 'resolvedOptions'],
  Locale: [
    'getCalendars',
    'getCollations',
    'getHourCycles',
    'getNumberingSystems',
    'getTextInfo',
    'getTimeZones',
    'getWeekInfo',
    'maximize',
    'minimize',
    'toString',
  ],
  NumberFormat: ['format', 'formatToParts', 'formatRange', 'formatRangeToParts', 'resolvedOptions'],
  PluralRules: ['select', 'selectRange', 'resolvedOptions'],
  RelativeTimeFormat: ['format', 'formatToParts', 'resolvedOptions'],
  Segmenter: ['segment', 'resolvedOptions'],
} as const;
export type IntlClass = keyof typeof methods;

type Method = (...args: unknown[]) => unknown;
type Class = (new (...args: unknown[]) => Record<string, Method>) & { supportedLocalesOf?: Method };
const classes = Intl as unknown as Record<string, Class | undefined>;

/** Formatters that are kept for the next call. */
const maxKept = 200;

const localeFields = [
  'baseName',
  'calendar',
  'caseFirst',
  'collation',
  'firstDayOfWeek',
  'hourCycle',
  'language',
  'numberingSystem',
  'numeric',
  'region',
  'script',
  'variants',
] as const;

/** Methods of the built-in prototypes that ask for the conventions of a place, by the type of what they are called on. */
const ofValues = {
  Date: ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'],
  Number: ['toLocaleString'],
  BigInt: ['toLocaleString'],
  String: ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase'],
} as const;
export type LocalisedType = keyof typeof ofValues;

const listed = (list: readonly string[] | undefined, name: string): boolean => list?.includes(name) === true;

export class IntlHost {
  /** By the JSON text of class, locales and options. */
  readonly #made = new Map<string, Record<string, Method>>();

  /** The classes that this browser has, and what each object of them can do. */
  names(): readonly (readonly [string, readonly string[]])[] {
    return Object.entries(methods).flatMap(([name, all]) => {
      const prototype = classes[name]?.prototype as object | undefined;
      return prototype === undefined ? [] : [[name, all.filter((method) => method in prototype)] as const];
    });
  }

  /** `key` is the JSON text of class, locales and options. @throws what the constructor or the method does. */
  call(key: string, method: string, args: readonly unknown[]): unknown {
    const [name, locales, options] = JSON.parse(key) as [IntlClass, unknown, unknown];
    if (!listed(methods[name], method)) throw new TypeError(`Intl.${name} has no method "${method}"`);
    let object = this.#made.get(key);
    if (object === undefined) {
      object = new classes[name]!(locales ?? undefined, options ?? undefined);
      if (this.#made.size >= maxKept) this.#made.clear();
      this.#made.set(key, object);
    }
    const result = object[method]!(...args);
    if (name === 'Segmenter' && method === 'segment')
      return Array.from(result as Iterable<Intl.SegmentData>, ({ segment, index, isWordLike }) => [segment, index, isWordLike]);
    return name === 'Locale' && (method === 'maximize' || method === 'minimize') ? String(result) : result;
  }

  /** The accessors of `new Intl.Locale(tag, options)`, and its text as `tag`. */
  locale(tag: string, options: unknown): Readonly<Record<string, unknown>> {
    const locale = new Intl.Locale(tag, (options ?? undefined) as Intl.LocaleOptions) as unknown as Record<string, unknown>;
    return { tag: String(locale), ...Object.fromEntries(localeFields.map((field) => [field, locale[field]])) };
  }

  supportedLocalesOf(name: IntlClass, locales: unknown, options: unknown): unknown {
    if (!Object.hasOwn(methods, name)) throw new TypeError(`Intl has no class "${name}"`);
    return classes[name]?.supportedLocalesOf?.(locales ?? undefined, options ?? undefined);
  }

  getCanonicalLocales(locales: unknown): readonly string[] {
    return Intl.getCanonicalLocales((locales ?? undefined) as string[]);
  }

  supportedValuesOf(key: string): readonly string[] {
    return Intl.supportedValuesOf(key as 'calendar');
  }

  /** A method of a built-in prototype: dates cross as their time. */
  ofValue(type: LocalisedType, method: string, value: unknown, args: readonly unknown[]): unknown {
    if (!Object.hasOwn(ofValues, type) || !listed(ofValues[type], method)) throw new TypeError(`${type} has no method "${method}"`);
    const object = (type === 'Date' ? new Date(value as number) : Object(value)) as Record<string, Method>;
    return object[method]!(...args.map((one) => one ?? undefined));
  }
}

/** What the program may name. */
export const intlOperations = [
  'names',
  'call',
  'locale',
  'supportedLocalesOf',
  'getCanonicalLocales',
  'supportedValuesOf',
  'ofValue',
] as const;
export type IntlOperation = (typeof intlOperations)[number];
