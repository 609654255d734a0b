import type { Realm } from './boot.ts';
import type { Untyped } from './realm.ts';
import { unavailable } from './bindings/absent.ts';

/** Bit of an object's transfer mode. */
const kCloneable = 2;

type Packed = readonly [
  lowest: number,
  highest: number,
  figures: number,
  counts: ReadonlyMap<number, number>,
  total: number,
  exceeds: number,
  min: number,
  max: number,
  last: number | undefined,
];

/**
 * The `Histogram` class under `perf_hooks`: HdrHistogram's buckets, kept sparsely. A value is kept to `figures` significant
 * decimal digits, as there.
 */
export function makeHistograms(realm: Realm): {
  readonly Histogram: Untyped;
  readonly createELDHistogram: (resolutionMs: number) => Untyped;
} {
  class Histogram {
    readonly lowest: number;
    readonly highest: number;
    readonly figures: number;
    #counts = new Map<number, number>();
    #total = 0;
    #exceeds = 0;
    #min = Infinity;
    #max = 0;
    #last: number | undefined;
    readonly #subBits: number;
    /** Values that differ by less are the same. */
    readonly #unit: number;

    constructor(lowest: number | bigint = 1, highest: number | bigint = Number.MAX_SAFE_INTEGER, figures = 3) {
      this.lowest = Number(lowest);
      this.highest = Number(highest);
      this.figures = figures;
      this.#subBits = Math.ceil(Math.log2(2 * 10 ** figures));
      this.#unit = 2 ** Math.floor(Math.log2(this.lowest));
      Object.defineProperty(this, realm.privateSymbols['transfer_mode_private_symbol']!, { value: kCloneable });
    }

    /** All that another thread needs to make one like it. */
    static pack(of: Histogram): Packed {
      return [of.lowest, of.highest, of.figures, of.#counts, of.#total, of.#exceeds, of.#min, of.#max, of.#last];
    }

    static unpack([lowest, highest, figures, counts, total, exceeds, min, max, last]: Packed): Histogram {
      const made = new Histogram(lowest, highest, figures);
      made.#counts = new Map(counts);
      [made.#total, made.#exceeds, made.#min, made.#max, made.#last] = [total, exceeds, min, max, last];
      return made;
    }

    #unitOf(value: number): number {
      const bits = Math.floor(Math.log2(Math.max(1, value)));
      return Math.max(this.#unit, 2 ** Math.max(0, bits - this.#subBits + 1));
    }

    /** The least value that counts as the same as `value`. */
    #floor(value: number): number {
      const unit = this.#unitOf(value);
      return Math.floor(value / unit) * unit;
    }

    #ceiling(value: number): number {
      return this.#floor(value) + this.#unitOf(value) - 1;
    }

    record(given: number | bigint): boolean {
      const value = Number(given);
      if (value < 0 || value > this.highest) {
        this.#exceeds++;
        return false;
      }
      const key = this.#floor(value);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      this.#total++;
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
      return true;
    }

    recordDelta(): void {
      const now = realm.platform.now();
      if (this.#last !== undefined) this.record(Math.max(1, Math.round((now - this.#last) * 1e6)));
      this.#last = now;
    }

    recordCorrected(given: number | bigint, expected: number | bigint): void {
      const interval = Number(expected);
      this.record(given);
      for (let missing = Number(given) - interval; interval > 0 && missing >= interval; missing -= interval) this.record(missing);
    }

    reset(): void {
      this.#counts.clear();
      this.#total = this.#exceeds = this.#max = 0;
      this.#min = Infinity;
      this.#last = undefined;
    }

    #sorted(): [value: number, count: number][] {
      return [...this.#counts].sort((a, b) => a[0] - b[0]);
    }

    count = (): number => this.#total;
    countBigInt = (): bigint => BigInt(this.#total);
    min = (): number => (this.#total === 0 ? 9223372036854776000 : this.#floor(this.#min));
    minBigInt = (): bigint => (this.#total === 0 ? 9223372036854775807n : BigInt(this.#floor(this.#min)));
    max = (): number => (this.#total === 0 ? 0 : this.#ceiling(this.#max));
    maxBigInt = (): bigint => BigInt(this.max());
    exceeds = (): number => this.#exceeds;
    exceedsBigInt = (): bigint => BigInt(this.#exceeds);

    #middle(value: number): number {
      return (value + this.#ceiling(value) + 1) / 2 === value + 0.5 ? value : Math.floor((value + this.#ceiling(value) + 1) / 2);
    }

    mean(): number {
      if (this.#total === 0) return NaN;
      let sum = 0;
      for (const [value, count] of this.#counts) sum += this.#middle(value) * count;
      return sum / this.#total;
    }

    /** The mean of the differences to the mean, to that power. */
    #moment(power: number): number {
      const mean = this.mean();
      let sum = 0;
      for (const [value, count] of this.#sorted()) {
        const difference = this.#middle(value) - mean;
        let product = count * difference;
        for (let times = 1; times < power; times++) product *= difference;
        sum += product;
      }
      return sum / this.#total;
    }

    stddev(): number {
      return this.#total === 0 ? NaN : Math.sqrt(this.#moment(2));
    }

    skewness(): number {
      const variance = this.#total < 3 ? 0 : this.#moment(2);
      return variance === 0 ? 0 : this.#moment(3) / (variance * Math.sqrt(variance));
    }

    kurtosis(): number {
      const variance = this.#total < 4 ? 0 : this.#moment(2);
      return variance === 0 ? 0 : this.#moment(4) / (variance * variance) - 3;
    }

    percentile(percent: number): number {
      const at = this.#bucketAt(percent);
      return percent === 0 ? at : this.#ceiling(at);
    }

    /** The least value of those that so many values are not above. */
    #bucketAt(percent: number): number {
      const wanted = Math.max(1, Math.ceil((percent / 100) * this.#total));
      let seen = 0;
      for (const [value, count] of this.#sorted()) {
        seen += count;
        if (seen >= wanted) return value;
      }
      return 0;
    }

    percentileBigInt(percent: number): bigint {
      return BigInt(this.percentile(percent));
    }

    percentiles(into: Map<number, number>): void {
      for (const percent of this.#steps()) into.set(percent, this.#bucketAt(percent));
    }

    percentilesBigInt(into: Map<number, bigint>): void {
      for (const percent of this.#steps()) into.set(percent, BigInt(this.#bucketAt(percent)));
    }

    /** HdrHistogram's steps: half of what is left to 100 each time, until everything is counted. */
    #steps(): number[] {
      if (this.#total === 0) return [100];
      const steps: number[] = [];
      for (let percent = 0, half = 1; ; half *= 2) {
        steps.push(percent);
        if (this.percentile(percent) >= this.max() || steps.length > 64) break;
        percent = 100 - 50 / half;
      }
      if (steps.at(-1) !== 100) steps.push(100);
      return steps;
    }

    percentilesAt(into: Map<number, number>, percents: readonly number[]): void {
      for (const percent of percents) into.set(percent, this.percentile(percent));
    }

    add(other: Histogram): void {
      for (const [value, count] of other.#counts) this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
      this.#total += other.#total;
      this.#exceeds += other.#exceeds;
      this.#min = Math.min(this.#min, other.#min);
      this.#max = Math.max(this.#max, other.#max);
    }
  }

  for (const name of [
    'subtract',
    'ksTest',
    'linearBuckets',
    'logBuckets',
    'welchTest',
    'mannWhitneyTest',
    'cohensD',
    'cliffsD',
    'percentileCI',
    'cdf',
    'countAt',
    'ewmaMean',
    'ewmaStddev',
    'ewmaErrorRate',
  ]) {
    Object.defineProperty(Histogram.prototype, name, {
      configurable: true,
      writable: true,
      value: () => {
        throw unavailable(`histogram.${name}()`, 'this build has no statistics beyond moments and percentiles');
      },
    });
  }

  /** Samples how late a timer of the platform runs. It never keeps the process alive. */
  class DelayHistogram extends Histogram {
    #resolution: number;
    #timer: number | undefined;
    constructor(resolutionMs: number) {
      super(1000, 3.6e12, 3);
      this.#resolution = resolutionMs;
    }
    start(reset?: boolean): void {
      if (reset === true) this.reset();
      if (this.#timer !== undefined) return;
      const wait = (since: number) => {
        this.#timer = realm.platform.setTimer(() => {
          const now = realm.platform.now();
          this.record(Math.max(1, Math.round((now - since) * 1e6)));
          wait(now);
        }, this.#resolution);
      };
      wait(realm.platform.now());
    }
    stop(): void {
      if (this.#timer !== undefined) realm.platform.clearTimer(this.#timer);
      this.#timer = undefined;
    }
  }
  realm.nativeCloners.set('internal/histogram', {
    give: (object) => (object instanceof Histogram ? Histogram.pack(object) : undefined),
    take: (data) => Histogram.unpack(data as Packed),
  });
  return { Histogram, createELDHistogram: (resolutionMs) => new DelayHistogram(resolutionMs) };
}
