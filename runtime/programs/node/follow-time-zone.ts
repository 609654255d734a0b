/** Makes the program's clock follow the variable `TZ` of `environment`, from now on. What does so is a part: most programs name none. */
import type { OpenPart } from './parts/index.ts';
import type { Clock } from './time-zone.ts';

export function followTimeZone(environment: Map<string, string>, part: OpenPart): void {
  const { set, delete: remove } = environment;
  const clock: Clock = {
    Date,
    methods: Object.getOwnPropertyDescriptors(Date.prototype) as unknown as Clock['methods'],
    DateTimeFormat: typeof Intl === 'object' ? Intl.DateTimeFormat : undefined,
  };
  environment.set = (name, value) => {
    Reflect.apply(set, environment, [name, value]);
    if (name === 'TZ') part('zones').useTimeZone(clock, value);
    return environment;
  };
  environment.delete = (name) => {
    const had = Reflect.apply(remove, environment, [name]) as boolean;
    if (name === 'TZ' && had) part('zones').useTimeZone(clock, undefined);
    return had;
  };
}
