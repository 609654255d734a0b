/** Changes of a `package.json`. */
import { formatJson, parseJson } from '../manifest/json.ts';

export type DependencyField = 'dependencies' | 'devDependencies' | 'optionalDependencies' | 'peerDependencies';
export const dependencyFields: readonly DependencyField[] = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** How a manager writes a manifest that was all in one line. */
export type OneLineForm = 'one line' | 'lines' | 'lines with an end';

/** A `package.json` that is being changed; its form stays. */
export class ManifestEdit {
  readonly #format: ReturnType<typeof parseJson>['format'];
  /** Where it was in one line. */
  readonly #spaces: 0 | 2 | undefined;
  readonly #hasEnd: boolean;
  readonly value: Record<string, unknown>;

  constructor(text: string, form: OneLineForm = 'one line') {
    const { value, format } = parseJson(text);
    this.value = value as Record<string, unknown>;
    this.#format = format;
    const isEmpty = /^\{\}\s*$/.test(text);
    this.#hasEnd = form === 'lines with an end' || text.endsWith('\n') || (isEmpty && form === 'one line');
    if (!text.trim().includes('\n') && !(isEmpty && form === 'one line')) this.#spaces = form === 'one line' ? 0 : 2;
  }

  field(name: DependencyField): Record<string, string> | undefined {
    return this.value[name] as Record<string, string> | undefined;
  }

  /** Where it is asked for already. */
  where(dependency: string): DependencyField | undefined {
    return dependencyFields.find((field) => this.field(field)?.[dependency] !== undefined);
  }

  /** Takes it from the other fields. */
  set(field: DependencyField, dependency: string, range: string): void {
    for (const other of dependencyFields) if (other !== field && other !== 'peerDependencies') this.remove(dependency, other);
    this.setAlso(field, dependency, range);
  }

  /** Leaves it in the other fields. */
  setAlso(field: DependencyField, dependency: string, range: string): void {
    const list = { ...this.field(field), [dependency]: range };
    this.value[field] = Object.fromEntries(Object.entries(list).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }

  /** Puts dependencies in the order of their names. @returns Whether they were in another. */
  sort(): boolean {
    let isChanged = false;
    for (const field of ['dependencies', 'devDependencies'] as const) {
      const entries = Object.entries(this.field(field) ?? {});
      const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      if (sorted.every(([name], index) => name === entries[index]?.[0])) continue;
      this.value[field] = Object.fromEntries(sorted);
      isChanged = true;
    }
    return isChanged;
  }

  /** @param keepsEmpty A list stays where nothing is left in it. @returns Whether it was there. */
  remove(dependency: string, only?: DependencyField, keepsEmpty = false): boolean {
    let found = false;
    for (const field of only === undefined ? dependencyFields : [only]) {
      const list = this.field(field);
      if (list?.[dependency] === undefined) continue;
      found = true;
      const { [dependency]: _, ...rest } = list;
      if (Object.keys(rest).length === 0 && !keepsEmpty) Reflect.deleteProperty(this.value, field);
      else this.value[field] = rest;
    }
    return found;
  }

  get text(): string {
    const text = this.#spaces === undefined ? formatJson(this.value, this.#format) : JSON.stringify(this.value, null, this.#spaces);
    if (!this.#hasEnd) return text.trimEnd();
    return text.endsWith('\n') ? text : `${text}\n`;
  }
}
