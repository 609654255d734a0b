/** Module scripts: es-module-shims carries the graph, the bridge its sources. It is loaded by the first document that needs it. */
import type { Bridge } from '../../document/bridge.ts';
import type { Resources } from './resources.ts';
import type { PageLocation } from './page-location.ts';
import type { SourceRewriter } from './source-rewriter.ts';

interface Source {
  url: string;
  source: string;
  type: string;
}
type DefaultSource = (url: string, options: RequestInit, parent?: string) => Promise<Source | undefined>;
interface ImportShim {
  (specifier: string, options: object | undefined, parent: string): Promise<unknown>;
  addImportMap(map: object): void;
}
interface ShimWindow {
  importShim?: ImportShim;
  esmsInitOptions?: object;
}

/** Marks the URL of a module that stands in the document itself. */
const inlineMark = '#bv-inline-';

/** Runs the text of a script of ours. */
export function runPart(text: string): void {
  const script = document.createElement('script');
  script.textContent = text;
  (document.head ?? document.documentElement).append(script);
  script.remove();
}

export class Modules {
  readonly #bridge: Bridge;
  readonly #location: PageLocation;
  readonly #resources: Resources;
  readonly #rewriter: SourceRewriter;
  readonly #fetch: typeof fetch;
  readonly #inline = new Map<string, string>();
  #shim: Promise<ImportShim> | undefined;

  constructor(options: { bridge: Bridge; location: PageLocation; resources: Resources; rewriter: SourceRewriter; fetch: typeof fetch }) {
    this.#bridge = options.bridge;
    this.#location = options.location;
    this.#resources = options.resources;
    this.#rewriter = options.rewriter;
    this.#fetch = options.fetch;
  }

  /** Starts loading the loader. */
  warm(): Promise<ImportShim> {
    this.#shim ??= this.#bridge.part('modules').then((text) => {
      const global = window as unknown as ShimWindow;
      const own = Object.getOwnPropertyDescriptor(window, 'esmsInitOptions');
      global.esmsInitOptions = {
        shimMode: true,
        noLoadEventRetriggers: true,
        onerror: () => undefined,
        fetch: (url: string, options: RequestInit) => this.#fetch(url, options),
        source: (url: string, options: RequestInit, parent: string | undefined, next: DefaultSource) =>
          this.#source(url, options, parent, next),
        meta: (meta: { url: string }, url: string) => {
          if (url.includes(inlineMark)) meta.url = this.#location.url.href;
        },
      };
      runPart(text);
      if (own === undefined) delete global.esmsInitOptions;
      else Object.defineProperty(window, 'esmsInitOptions', own);
      return global.importShim!;
    });
    return this.#shim;
  }

  async addImportMap(text: string): Promise<void> {
    const shim = await this.warm();
    try {
      shim.addImportMap(JSON.parse(text) as object);
    } catch (error) {
      console.error(`Cannot use the import map: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async import(specifier: string, parent?: string, options?: object): Promise<unknown> {
    return (await this.warm())(specifier, options, parent ?? document.baseURI);
  }

  /** Runs the text of an inline module script. */
  runInline(text: string): Promise<unknown> {
    const url = `${document.baseURI.split('#', 1)[0]!}${inlineMark}${this.#inline.size + 1}`;
    this.#inline.set(url, text);
    return this.import(url);
  }

  async #source(url: string, options: RequestInit, parent: string | undefined, next: DefaultSource): Promise<Source | undefined> {
    const inline = this.#inline.get(url);
    if (inline !== undefined) return { url, source: await this.#rewriter.rewrite(inline, 'module', url), type: 'js' };
    const source = await next(url, options, parent);
    if (source === undefined) return source;
    if (source.type === 'css') return { ...source, source: await this.#resources.style(source.source, source.url) };
    if (source.type === 'js' || source.type === undefined)
      return { ...source, source: await this.#rewriter.rewrite(source.source, 'module', source.url) };
    return source;
  }
}
