/**
 * `TZ`: an engine knows one time zone, its browser's. A program that names another gets a `Date` (and a default of `Intl`) that
 * counts in that one. Nothing is replaced for programs that name none. Zones are those that `Intl` knows.
 */
type Untyped = Record<string, unknown>;

let NativeDate: DateConstructor;
let native: Record<string, { readonly value: Function }>;
let Zones: typeof Intl.DateTimeFormat | undefined;
const utcNames = /^(?:(?:Etc\/)?(?:UTC|GMT|UCT|Zulu)|)$/i;

interface Zone {
  readonly name: string;
  /** Milliseconds that its clocks are ahead of UTC at a time. */
  offsetAt(time: number): number;
  /** What it is called at a time. */
  nameAt(time: number): string;
}

const call = (name: string, date: object, args: readonly unknown[] = []): number =>
  Reflect.apply(native[name]!.value, date, args) as number;

const utc: Zone = { name: 'UTC', offsetAt: () => 0, nameAt: () => 'Coordinated Universal Time' };

/** Undefined if nobody knows it: Node counts in UTC then. */
function zoneNamed(given: string): Zone | undefined {
  const name = given.replace(/^:/, '');
  if (utcNames.test(name)) return utc;
  if (Zones === undefined) return undefined;
  let clock: Intl.DateTimeFormat;
  try {
    clock = new Zones('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  const names = new Zones('en-US', { timeZone: name, timeZoneName: 'long' });
  const known = new Map<number, number>();
  const nameIn = (time: number): string => names.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? name;
  const offsetAt = (time: number): number => {
    // Clocks are changed at quarters of an hour only.
    const quarter = Math.floor(time / 900_000);
    let offset = known.get(quarter);
    if (offset !== undefined) return offset;
    const at: Record<string, string> = {};
    for (const { type, value } of clock.formatToParts(quarter * 900_000)) at[type] = value;
    const year = at['era'] === 'BC' ? 1 - Number(at['year']) : Number(at['year']);
    const shown = new NativeDate(0);
    call('setUTCFullYear', shown, [year, Number(at['month']) - 1, Number(at['day'])]);
    call('setUTCHours', shown, [Number(at['hour']), Number(at['minute']), Number(at['second']), 0]);
    offset = call('getTime', shown) - quarter * 900_000;
    if (known.size > 10_000) known.clear();
    known.set(quarter, offset);
    return offset;
  };
  return {
    name,
    offsetAt,
    nameAt(time) {
      const shown = nameIn(time);
      // Of long ago the names are not kept, and V8 says that of the same day in a year of today.
      if (!/^GMT[+-]/.test(shown)) return shown;
      const today = new NativeDate(time);
      call('setUTCFullYear', today, [2024]);
      return nameIn(call('getTime', today));
    },
  };
}

/** `LocalTime` and `UTC` of ECMA-262 21.4.1: where clocks skip or repeat a time, the offset before counts. */
const toLocal = (zone: Zone, time: number): number => time + zone.offsetAt(time);
function toUtc(zone: Zone, local: number): number {
  if (!Number.isFinite(local)) return NaN;
  const before = zone.offsetAt(local - 86_400_000);
  const after = zone.offsetAt(local + 86_400_000);
  if (before === after || zone.offsetAt(local - before) === before) return local - before;
  return zone.offsetAt(local - after) === after ? local - after : local - before;
}

/** Whether a text says which zone it is in, as `Date.parse` reads it. */
const zoned = /(?:Z|\b(?:GMT|UTC?|[ECMP][SD]T)\b|[+-]\d{1,2}:?(?:\d{2})?)\s*(?:\([^)]*\)\s*)?$|^[+-]?\d{4,6}(?:-\d\d(?:-\d\d)?)?$/i;

function parse(zone: Zone, text: string): number {
  if (zoned.test(text) && !/^\d{1,2}[-/]\d{1,2}[-/]\d{2,4}$/.test(text)) return NativeDate.parse(text);
  const isIso = /^[+-]?\d{4,6}-\d\d-\d\dT/.test(text);
  const fields = NativeDate.parse(isIso ? `${text}Z` : `${text} UTC`);
  return Number.isNaN(fields) ? NativeDate.parse(text) : toUtc(zone, fields);
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

function dateText(local: Date): string {
  const year = call('getUTCFullYear', local);
  const shown = year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0');
  return `${days[call('getUTCDay', local)]} ${months[call('getUTCMonth', local)]} ${two(call('getUTCDate', local))} ${shown}`;
}

function timeText(zone: Zone, time: number, local: Date): string {
  const minutes = Math.trunc(zone.offsetAt(time) / 60_000);
  const ahead = Math.abs(minutes);
  const clock = [call('getUTCHours', local), call('getUTCMinutes', local), call('getUTCSeconds', local)].map(two).join(':');
  return `${clock} GMT${minutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}${two(ahead % 60)} (${zone.nameAt(time)})`;
}

let current: Zone | undefined;
let installed = false;

/** Answers to `toString`, `name` and `length` as the one it stands for. */
const standIn = <F extends Function>(target: F, handler: ProxyHandler<F>): F => new Proxy(target, handler);

function install(): void {
  installed = true;
  const prototype = NativeDate.prototype as unknown as Untyped;
  const replace = (name: string, run: (zone: Zone, time: number, date: Date, args: readonly unknown[]) => unknown) => {
    const method = native[name]!.value;
    Object.defineProperty(prototype, name, {
      value: standIn(method, {
        apply(_method, self: Date, args: unknown[]) {
          if (current === undefined) return Reflect.apply(method, self, args) as unknown;
          return run(current, call('getTime', self), self, args);
        },
      }),
      writable: true,
      enumerable: false,
      configurable: true,
    });
  };
  for (const part of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']) {
    replace(`get${part}`, (zone, time) => (Number.isNaN(time) ? NaN : call(`getUTC${part}`, new NativeDate(toLocal(zone, time)))));
    if (part === 'Day') continue;
    replace(`set${part}`, (zone, time, date, args) => {
      const local = new NativeDate(Number.isNaN(time) ? (part === 'FullYear' ? 0 : NaN) : toLocal(zone, time));
      return call('setTime', date, [toUtc(zone, call(`setUTC${part}`, local, args))]);
    });
  }
  replace('getYear', (zone, time) => (Number.isNaN(time) ? NaN : call('getUTCFullYear', new NativeDate(toLocal(zone, time))) - 1900));
  replace('getTimezoneOffset', (zone, time) => (Number.isNaN(time) ? NaN : -Math.trunc(zone.offsetAt(time) / 60_000) + 0));
  const texts: readonly (readonly [string, (zone: Zone, time: number, local: Date) => string])[] = [
    ['toString', (zone, time, local) => `${dateText(local)} ${timeText(zone, time, local)}`],
    ['toDateString', (_zone, _time, local) => dateText(local)],
    ['toTimeString', timeText],
  ];
  for (const [name, text] of texts)
    replace(name, (zone, time) => (Number.isNaN(time) ? 'Invalid Date' : text(zone, time, new NativeDate(toLocal(zone, time)))));
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) {
    const method = native[name]!.value;
    replace(name, (zone, _time, date, [locales, options]) =>
      Reflect.apply(method, date, [locales, { timeZone: zone.name, ...(options as object | undefined) }]),
    );
  }
  globalThis.Date = standIn(NativeDate, {
    apply: () => new globalThis.Date().toString(),
    construct(target, args: unknown[], newTarget) {
      const zone = current;
      if (zone === undefined || args.length === 0) return Reflect.construct(target, args, newTarget) as object;
      if (args.length > 1) {
        const fields = (NativeDate.UTC as (...all: unknown[]) => number)(...args);
        return Reflect.construct(target, [toUtc(zone, fields)], newTarget) as object;
      }
      const [value] = args;
      const primitive = typeof value === 'object' && value !== null && !(value instanceof NativeDate) ? toPrimitive(value) : value;
      return Reflect.construct(target, [typeof primitive === 'string' ? parse(zone, primitive) : primitive], newTarget) as object;
    },
    get(target, key) {
      return key === 'parse' ? parseNow : (Reflect.get(target, key) as unknown);
    },
  });
  const parseNow = standIn(NativeDate.parse, {
    apply: (target, self, [text]: unknown[]) =>
      current === undefined ? (Reflect.apply(target, self, [text as string]) as number) : parse(current, String(text)),
  });
  Object.defineProperty(prototype, 'constructor', { value: globalThis.Date, writable: true, enumerable: false, configurable: true });
  if (Zones === undefined) return;
  const withZone = (args: unknown[]): unknown[] =>
    current === undefined || (args[1] as { timeZone?: unknown } | undefined)?.timeZone !== undefined
      ? args
      : [args[0], { ...(args[1] as object | undefined), timeZone: current.name }];
  Intl.DateTimeFormat = standIn(Zones, {
    apply: (target, self, args: unknown[]) => Reflect.apply(target, self, withZone(args) as []) as Intl.DateTimeFormat,
    construct: (target, args: unknown[], newTarget) => Reflect.construct(target, withZone(args), newTarget) as object,
  });
}

function toPrimitive(value: object): unknown {
  const convert = (value as { [Symbol.toPrimitive]?: (hint: string) => unknown })[Symbol.toPrimitive];
  if (typeof convert === 'function') return Reflect.apply(convert, value, ['default']);
  const number = (value.valueOf as () => unknown)();
  return typeof number === 'object' ? String(value) : number;
}

/** What the program's clock is made of, as it was before the program could change it. */
export interface Clock {
  readonly Date: DateConstructor;
  readonly methods: Readonly<Record<string, PropertyDescriptor>>;
  readonly DateTimeFormat: typeof Intl.DateTimeFormat | undefined;
}

/** Makes the program's clock that of a zone, or the engine's own again. */
export function useTimeZone(clock: Clock, name: string | undefined): void {
  NativeDate = clock.Date;
  native = clock.methods as typeof native;
  Zones = clock.DateTimeFormat;
  const wanted = name === undefined ? undefined : (zoneNamed(name) ?? utc);
  if (wanted !== undefined && !installed) install();
  current = wanted;
}
