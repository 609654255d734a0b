/** On V8 itself: its call sites, told in the author's positions and names. V8's own cannot be changed, so these wrap them. */
import { readScriptName } from '../../../process/script-names.ts';
import { fileOf, sourcesOf, type Sources } from '../modules/sources.ts';
import { waitingPlace, topLevelAwait } from '../modules/top-level-await.ts';
import { ParsedCallSite, printCallSite, type CallSite } from './call-site.ts';
import { isContextView } from './context-views.ts';
import { isThrownByEval } from './evaluated-texts.ts';
import { withAuthorsNames } from './imported-names.ts';
import { originOfMade } from './made-functions.ts';
import { framesOfOurs, type IsOurs } from './ours.ts';
import { wordingOf } from './wording-of.ts';
import type { NodeRealm } from '../realm.ts';

let setOrigin: (site: CallSiteOfV8, origin: string) => void;
let setPlace: (site: CallSiteOfV8, line: number, column: number) => void;

class CallSiteOfV8 implements CallSite {
  static {
    setOrigin = (site, origin) => (site.#origin = origin);
    setPlace = (site, line, column) => ([site.#line, site.#column] = [line, column]);
  }
  #origin: string | undefined;
  /** `Function` has made it, under a name of ours. */
  readonly isMade: boolean;
  readonly #site: CallSite;
  /** Of a text that we evaluated: to its author it is a file, not something given to `eval`. */
  readonly #name: string | undefined;
  #line: number | null;
  #column: number | null;

  constructor(site: CallSite, sources: Sources) {
    this.#site = site;
    const written = site.getScriptNameOrSourceURL();
    const name = typeof written === 'string' ? readScriptName(written) : written;
    this.isMade = typeof name === 'string' && name.startsWith('$bvf');
    if (this.isMade) this.#origin = originOfMade(name as string, sources);
    this.#name = typeof name === 'string' && (name.startsWith('node:') || sources.get(name) !== undefined) ? name : undefined;
    this.#line = site.getLineNumber();
    this.#column = site.getColumnNumber();
    if (this.#name !== undefined && this.#line !== null) {
      const original = sources.original(this.#name, this.#line, this.#column ?? 1);
      this.#line = original.line;
      this.#column = original.column;
    }
  }

  getThis(): unknown {
    return this.#site.getThis();
  }
  getTypeName(): string | null {
    return this.#site.getTypeName();
  }
  getFunction(): Function | undefined {
    return this.#site.getFunction();
  }
  getFunctionName(): string | null {
    const name = this.#site.getFunctionName();
    if (this.#name === undefined || name === null) return name;
    // V8 calls a function without a name `eval` where its text was given to `eval`, and infers longer names there.
    if (name === 'eval' || name.endsWith('.__proto__')) return null;
    // A name that V8 has inferred for a property whose key is no identifier.
    if (name.includes('..')) return null;
    // In Node the methods of buffers, which are in its snapshot, have none.
    return name.startsWith('proto.') && this.#name === 'node:internal/buffer' ? null : withAuthorsNames(name);
  }
  getMethodName(): string | null {
    const name = this.#site.getMethodName();
    // Under two names (`readUint8`) V8 knows none, unless it has inferred one.
    return this.#name === 'node:internal/buffer' && this.getFunctionName() === null && name?.includes('UInt') === true ? null : name;
  }
  getFileName(): string | null | undefined {
    return this.#name ?? this.#site.getFileName();
  }
  getLineNumber(): number | null {
    return this.#line;
  }
  getColumnNumber(): number | null {
    return this.#column;
  }
  getEvalOrigin(): string | undefined {
    return this.#name === undefined ? (this.#origin ?? this.#site.getEvalOrigin()) : undefined;
  }
  isToplevel(): boolean {
    // The receiver of a script in a `vm` context is its global object, which is a Proxy of ours.
    return (
      this.#site.isToplevel() ||
      (this.#site.getTypeName() === 'Proxy' && (this.#isBody() || isContextView(this.#site.getThis(), this.#name)))
    );
  }
  #isBody(): boolean {
    return this.#name !== undefined && this.getFunctionName() === null;
  }
  isEval(): boolean {
    return this.#name === undefined && this.#site.isEval();
  }
  isNative(): boolean {
    return this.#site.isNative();
  }
  isConstructor(): boolean {
    return this.#site.isConstructor();
  }
  isAsync(): boolean {
    return this.#site.isAsync();
  }
  isPromiseAll(): boolean {
    return this.#site.isPromiseAll();
  }
  getPromiseIndex(): number | null {
    return this.#site.getPromiseIndex();
  }
  getScriptNameOrSourceURL(): string | null {
    return this.isMade ? null : (this.#name ?? this.#site.getScriptNameOrSourceURL());
  }
  getScriptHash(): string {
    return this.#site.getScriptHash();
  }
  getEnclosingLineNumber(): number | null {
    return this.#site.getEnclosingLineNumber();
  }
  getEnclosingColumnNumber(): number | null {
    return this.#site.getEnclosingColumnNumber();
  }
  getPosition(): number {
    return this.#site.getPosition();
  }
  toString(): string {
    return printCallSite(this);
  }
}
Object.defineProperty(CallSiteOfV8, 'name', { value: 'CallSite' });

const steppedLoops = new Set(['node:internal/timers', 'node:internal/process/task_queues']);

function siteOf(site: CallSite, sources: Sources, isOurs: IsOurs): CallSite {
  if (site instanceof CallSiteOfV8 || site instanceof ParsedCallSite) return site;
  if (site.isAsync() && site.getFunctionName() === topLevelAwait && isOurs(site.getFileName() ?? '')) {
    const place = waitingPlace();
    if (place !== undefined)
      return new ParsedCallSite({
        functionName: null,
        fileName: place.url,
        line: place.line,
        column: place.column,
        isAsync: true,
        isConstructor: false,
        isNative: false,
      });
  }
  return new CallSiteOfV8(site, sources);
}

/**
 * The call sites without frames of ours, which in Node would be C++ and have none, and without those of built-ins that only we
 * called in between.
 */
export function adaptCallSites(given: readonly CallSite[], sources: Sources, isOurs: IsOurs, error: unknown): CallSite[] {
  const sites = given.map((site) => siteOf(site, sources, isOurs));
  const ours = framesOfOurs(
    sites.map((site) => site.getFileName()),
    isOurs,
  );
  // Below the loop there is nothing of Node: what is there belongs to who runs it in a test.
  const root = sites.findIndex((site, index) => ours[index]! && site.getFunctionName() === '#step');
  const isIndirectEval = (index: number): boolean =>
    ours[index + 1] === true &&
    sites[index]!.getFunctionName() === 'eval' &&
    (index === 0 ? isThrownByEval(error) : sites[index - 1]!.isEval());
  const seen = sites.filter((site, index) => {
    if (ours[index]! || (root >= 0 && index > root)) return false;
    const name = site.getFunctionName();
    // The limit of a stack may have cut off the frame of ours above.
    const between =
      typeof site.getFileName() !== 'string' && (ours[index + 1] === true || (index === sites.length - 1 && ours[index - 1] === true));
    if (between && !isIndirectEval(index) && (name === 'next' || name === 'throw' || name === 'eval' || name === 'apply')) return false;
    // A patched loop of the library is a generator: `next` lies between it and the one that steps through it.
    const caller = sites[index - 1]?.getFileName();
    return !(name === 'next' && typeof site.getFileName() !== 'string' && typeof caller === 'string' && steppedLoops.has(caller));
  });
  placeEvals(seen, isOurs);
  return seen;
}

/**
 * V8 does not tell where code was given to `eval` if the text around it was given to `eval` itself, as all of the program's is here.
 * While that call still runs, the frame below it is the place.
 */
function placeEvals(sites: readonly CallSite[], isOurs: IsOurs): void {
  sites.forEach((site, index) => {
    if (!(site instanceof CallSiteOfV8) || site.isMade) return;
    // No list is taken apart where errors may be looked at: a program may have changed how arrays are iterated.
    const groups = /^(?<before>.*?)(?<name>\S+) \((?<file>[^()]+)(?<after>\)+)$/.exec(site.getEvalOrigin() ?? '')?.groups;
    if (groups === undefined) return;
    const { before, name, file, after } = groups as Record<'before' | 'name' | 'file' | 'after', string>;
    let below = index + 1;
    while (sites[below]?.isEval()) below++;
    const isIndirect = typeof sites[below]?.getFileName() !== 'string' && sites[below]?.getFunctionName() === 'eval';
    const caller = sites[isIndirect ? below + 1 : below];
    const callerFile = caller?.getFileName();
    if (typeof callerFile !== 'string') return;
    const place = `${fileOf(callerFile)}:${caller!.getLineNumber()}:${caller!.getColumnNumber()}`;
    if (file === callerFile) setOrigin(site, `${before}${name} (${place}${after}`);
    else if (isOurs(file.replace(/:\d+:\d+$/, '')))
      setOrigin(site, `${before}${caller!.getFunctionName() ?? '<anonymous>'} (${place}${after}`);
  });
}

/** What is evaluated in a text's place has other statements and calls, so V8 says elsewhere that a name is not there. */
export function placeName(realm: NodeRealm, error: unknown, site: CallSite | undefined): void {
  if (!(site instanceof CallSiteOfV8) || !(error instanceof ReferenceError)) return;
  const { value: message } = Object.getOwnPropertyDescriptor(error, 'message') ?? {};
  const fileName = site.getFileName();
  if (typeof message !== 'string' || typeof fileName !== 'string' || !sourcesOf(realm).get(fileName)?.columns.length) return;
  const place = wordingOf(realm)?.nameMoved(realm, { fileName, line: site.getLineNumber()!, column: site.getColumnNumber()! }, message);
  if (place !== undefined) setPlace(site, place.line, place.column);
}
