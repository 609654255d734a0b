/**
 * Scripts see the server's `location` instead of the frame's, and `import()` of classic scripts goes through the module loader; so
 * does what they evaluate. This needs a real parse, which a document only pays for if one of its scripts may need it.
 */
import type { Bridge } from '../../document/bridge.ts';
import { runPart } from './modules.ts';
import type { SourceKind } from './source.ts';

/** What the part `source` leaves on the window. */
export type RewriteSource = (text: string, kind: SourceKind, url: string) => string;

/** Cheap, and never wrong in the direction that matters. */
const ofScripts = /\blocation\b|\bimport\s*[(/]|\beval\b/;
const mayNeed = { script: ofScripts, module: /\blocation\b|\beval\b/, code: ofScripts };

export class SourceRewriter {
  readonly #bridge: Bridge;
  #rewrite: Promise<RewriteSource> | undefined;
  #loaded: RewriteSource | undefined;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  needs(text: string, kind: SourceKind): boolean {
    return mayNeed[kind].test(text);
  }

  /** `text`, found at `url`, with the same lines; unchanged if it does not parse. */
  async rewrite(text: string, kind: 'script' | 'module', url: string): Promise<string> {
    if (!this.needs(text, kind)) return text;
    this.#rewrite ??= this.#load();
    return (await this.#rewrite)(text, kind, url);
  }

  /** What a script makes at run time, `code` or the text of a function's expression: as it is where no script needed rewriting so far. */
  rewriteCode(text: string, url: string): string {
    return this.#loaded === undefined || !this.needs(text, 'code') ? text : this.#loaded(text, 'code', url);
  }

  async #load(): Promise<RewriteSource> {
    const text = await this.#bridge.part('source');
    const global = window as unknown as { bvRewriteSource?: RewriteSource };
    runPart(text);
    const rewrite = global.bvRewriteSource!;
    delete global.bvRewriteSource;
    this.#loaded = rewrite;
    return rewrite;
  }
}
