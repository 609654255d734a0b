/** Compiles and finds the builtins of Node's library: `internalBinding('builtins')` and the boot order rest on it. */
import { unavailable } from './bindings/absent.ts';
import { catchClauses, editCatchClauses } from './modules/catch-clauses.ts';
import { Edits } from './modules/edits.ts';
import { isFollowed } from './modules/followed-builtins.ts';
import { isV8 } from './modules/is-v8.ts';
import type { NodeRealm, Untyped } from './realm.ts';

const moduleParameters = 'exports, require, module, process, internalBinding, primordials';
const mainParameters = 'process, require, internalBinding, primordials';

function parametersOf(id: string): string {
  if (id === 'internal/bootstrap/realm') return 'process, getLinkedBinding, getInternalBinding, primordials';
  if (id.startsWith('internal/per_context/')) return 'exports, primordials, privateSymbols, perIsolateSymbols';
  if (id.startsWith('internal/main/') || id.startsWith('internal/bootstrap/')) return mainParameters;
  return moduleParameters;
}

/** Functions of the library that would go far before they failed, with why they are not here. */
const refused: Readonly<Record<string, { readonly method: string; readonly name: string; readonly why: string }>> = {
  'internal/cluster/primary': {
    method: 'fork',
    name: 'cluster.fork',
    why: 'the processes of a page share its processors; child.send() passes a server to a process of child_process.fork()',
  },
};

/** What the library catches may be handed on to programs (`HelperNames`). */
function showingCaught(source: string): string {
  const edits = new Edits(source);
  editCatchClauses(source, catchClauses(source) ?? [], edits, 'primordials');
  return edits.apply('', '').code;
}

/** The functions of these that call back tell what they were called on while they do (`stack/receivers.ts`). */
const callingBack = /^(?:events|internal\/event_target)$/;

const followed = (source: string): string =>
  source.replace(
    /^( *)((?:.* = function emit|\[kHybridDispatch\])\(.*\{)([^]*?\n)(?=\1\})/m,
    '$1$2primordials.p(this);try{$3}catch($e){throw primordials.c($e)}finally{primordials.q()}',
  );

export class Builtins {
  readonly #realm: NodeRealm;
  /** The exports of `internal/per_context/*`. */
  readonly perContext = new Map<string, Untyped>();
  #internalBinding: Untyped;
  #require: Untyped;
  /** Compiled before they were asked for. */
  readonly #ready = new Map<string, Untyped>();

  constructor(realm: NodeRealm) {
    this.#realm = realm;
  }

  /** The builtin's function. Its first line is the source's first line, so that positions are Node's. */
  compile(id: string): Untyped {
    const ready: Untyped = this.#ready.get(id);
    if (ready !== undefined) {
      this.#ready.delete(id);
      return ready;
    }
    const source = this.#realm.source(id) ?? (this.isAbsent(id) ? `module.exports = internalBinding(${JSON.stringify(id)});` : undefined);
    if (source === undefined) throw new Error(`No such built-in module: ${id}`);
    const native = isV8(this.#realm);
    if (!native && isFollowed(id)) return this.#realm.library.part('wording').compileFollowed(this.#realm, id, source, parametersOf(id));
    const shown = native ? source : showingCaught(source);
    const text = native || !callingBack.test(id) ? shown : followed(shown);
    const compiled = this.#realm.platform.evaluate(`(function (${parametersOf(id)}) {${text}\n})`, `node:${id}`) as Untyped;
    const refusal = refused[id];
    if (refusal === undefined) return compiled;
    return (exports: Untyped, require: Untyped, module: Untyped, ...rest: Untyped[]) => {
      compiled(exports, require, module, ...rest);
      module.exports[refusal.method] = () => {
        throw unavailable(refusal.name, refusal.why);
      };
    };
  }

  /** Compiles a builtin that will be asked for once. */
  prepare(id: string): void {
    this.#ready.set(id, this.compile(id));
  }

  /** A public module that this build leaves out: it can be loaded, and says its name when used. */
  isAbsent(id: string): boolean {
    const { leftOut, builtinIds } = this.#realm.library.meta;
    return !id.startsWith('internal/') && Object.hasOwn(leftOut, id) && builtinIds.includes(id);
  }

  /** Told by `internal/bootstrap/realm`. */
  setLoaders(internalBinding: Untyped, require: Untyped): void {
    this.#internalBinding = internalBinding;
    this.#require = require;
  }

  require(id: string): Untyped {
    return this.#require(id);
  }

  bootstrap(id: string): void {
    const realm = this.#realm;
    if (id === 'internal/bootstrap/realm') {
      const linked = (name: string) => {
        throw new Error(`No such binding: ${name}`);
      };
      this.compile(id)(realm.process, linked, (name: string) => realm.internalBinding(name), realm.primordials);
      return;
    }
    this.compile(id)(realm.process, this.#require, this.#internalBinding, realm.primordials);
  }
}
