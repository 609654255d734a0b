/** `overrides` of a project as npm reads them: which rule counts for a dependency depends on who asks for it. */
import Range from 'semver/classes/range.js';
import { parseSpecifier } from './specifier.ts';

/** One rule with those that count below what it is about; the topmost is about nothing. */
export class Override {
  readonly #parent: Override | undefined;
  readonly #rules: readonly Override[];
  readonly name: string;
  /** Which of its versions are replaced; `*` for all. */
  readonly range: string;
  /** What is asked for instead; `*` leaves it as it is. */
  readonly value: string;

  constructor(all: unknown, key = '', parent?: Override) {
    const rules = typeof all === 'object' && all !== null ? (all as Readonly<Record<string, unknown>>) : {};
    const at = key.indexOf('@', 1);
    this.#parent = parent;
    this.name = at < 0 ? key : key.slice(0, at);
    this.range = (at < 0 ? '' : key.slice(at + 1)) || '*';
    const own = typeof all === 'string' ? all : rules['.'];
    this.value = typeof own !== 'string' ? this.range : own === '' ? '*' : own;
    this.#rules = Object.entries(rules).flatMap(([name, rule]) => (name === '.' ? [] : [new Override(rule, name, this)]));
  }

  *#upwards(): Generator<Override> {
    yield this;
    if (this.#parent !== undefined) yield* this.#parent.#upwards();
  }

  /** What counts at this place: the nearest rule of a name and range. */
  get #counting(): Map<string, Override> {
    const found = new Map<string, Override>();
    const add = (rule: Override) => {
      const key = `${rule.name}@${rule.range}`;
      if (!found.has(key)) found.set(key, rule);
    };
    for (const place of this.#upwards()) {
      place.#rules.forEach(add);
      if (place.#parent !== undefined) add(place);
    }
    return found;
  }

  /** The rule for a dependency of what this one is about; itself where there is none. */
  ruleFor(name: string, spec: string): Override {
    for (const rule of this.#counting.values()) {
      if (rule.name !== name) continue;
      if (rule.range === '*') return rule;
      const asked = parseSpecifier(spec, '/');
      const { kind, ...rest } = asked.kind === 'alias' ? asked.of : asked;
      const range = 'committish' in rest ? /^semver:(.*)$/.exec(rest.committish)?.[1] : 'fetch' in rest && kind !== 'tag' ? rest.fetch : '';
      // Versions of folders and tags are not known.
      if (range === '' || (range !== undefined && meet(range, rule.range))) return rule;
    }
    return this;
  }

  /** Which of two counts for a package that both lead to; undefined where they contradict one another. */
  with(other: Override): Override | undefined {
    const [mine, others] = [[...this.#upwards()], [...other.#upwards()]];
    if (others.includes(this)) return other;
    if (mine.includes(other)) return this;
    const counting = other.#counting;
    for (const [key, { value }] of this.#counting) {
      const theirs = counting.get(key)?.value ?? value;
      const [a, b] = [parseSpecifier(value, '/'), parseSpecifier(theirs, '/')];
      const known = (kind: string) => kind === 'range' || kind === 'version';
      if (value !== theirs && !/^\$/.test(value + theirs) && known(a.kind) && known(b.kind) && !meet(value, theirs)) return undefined;
    }
    return others.find((one) => mine.includes(one));
  }
}

function meet(a: string, b: string): boolean {
  try {
    return new Range(a).intersects(new Range(b));
  } catch {
    return false; // One is no range.
  }
}
