/** Module records of the language's specification, which `import`s link and evaluate: their exports and their namespace. */
import { makeNamespace } from './namespace.ts';
import type { Place } from './compile.ts';

/** As V8 numbers them. */
export const moduleStatus = { uninstantiated: 0, instantiating: 1, instantiated: 2, evaluating: 3, evaluated: 4, errored: 5 } as const;
export type ModuleStatus = (typeof moduleStatus)[keyof typeof moduleStatus];

/** What a name leads to: a binding of some module, or that module's namespace. */
export interface ResolvedBinding {
  readonly module: ModuleRecord;
  /** Null for the namespace. */
  readonly name: string | null;
}

export type Resolution = ResolvedBinding | 'ambiguous' | undefined;

export interface ResolveStep {
  readonly module: ModuleRecord;
  readonly name: string;
}

/** A failed link: the module whose source has the import, and where. */
export type LinkFailure = (message: string, module: ModuleRecord, place: Place | undefined) => Error;

export abstract class ModuleRecord {
  readonly url: string;
  /** What the embedder knows the module as. */
  owner: object | undefined;
  status: ModuleStatus = moduleStatus.uninstantiated;
  /** Meaningful if `status` is errored; any value may be thrown. */
  error: unknown;
  #namespace: object | undefined;

  constructor(url: string) {
    this.url = url;
  }

  abstract exportedNames(visited?: Set<ModuleRecord>): string[];
  abstract resolveExport(name: string, path?: ResolveStep[]): Resolution;
  /** A function that reads a local binding now, whatever its state is then. */
  abstract reader(name: string): () => unknown;
  /** Whether the binding, once the module is evaluated, never changes. */
  abstract isConstant(name: string): boolean;

  get namespace(): object {
    if (this.#namespace === undefined) {
      const readers = new Map<string, () => unknown>();
      for (const name of this.exportedNames()) {
        const found = this.resolveExport(name);
        if (found !== undefined && found !== 'ambiguous') readers.set(name, readBinding(found, name));
      }
      this.#namespace = makeNamespace(readers);
    }
    return this.#namespace;
  }
}

/** Reads what `binding` leads to; `called` is the name that a complaint about an uninitialised binding mentions. */
export function readBinding(binding: ResolvedBinding, called: string): () => unknown {
  const { module, name } = binding;
  if (name === null) return () => module.namespace;
  const read = module.reader(name);
  const guarded = (): unknown => {
    try {
      return read();
    } catch {
      // Reading a binding fails for one reason only; each engine words it in its own way and with its own name.
      const error = new ReferenceError(`Cannot access '${called}' before initialization`);
      (Error as { captureStackTrace?: (error: Error, above: Function) => void }).captureStackTrace?.(error, guarded);
      throw error;
    }
  };
  return guarded;
}

/** A module whose exports are set from outside: builtins, CommonJS, JSON. */
export class SyntheticModule extends ModuleRecord {
  readonly #values = new Map<string, unknown>();
  readonly #evaluate: () => unknown;

  constructor(url: string, names: readonly string[], evaluate: () => unknown) {
    super(url);
    for (const name of names) this.#values.set(name, undefined);
    this.#evaluate = evaluate;
  }

  exportedNames(): string[] {
    return [...this.#values.keys()];
  }

  resolveExport(name: string): Resolution {
    return this.#values.has(name) ? { module: this, name } : undefined;
  }

  reader(name: string): () => unknown {
    const values = this.#values;
    return () => values.get(name);
  }

  isConstant(): boolean {
    return false;
  }

  /** @throws {ReferenceError} if the module was not made with that name. */
  setExport(name: string, value: unknown): void {
    if (!this.#values.has(name)) throw new ReferenceError(`Export '${name}' is not defined in module`);
    this.#values.set(name, value);
  }

  /** @throws what its steps throw. */
  run(): unknown {
    return this.#evaluate();
  }
}
