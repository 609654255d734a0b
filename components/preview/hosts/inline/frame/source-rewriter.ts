/**
 * Scripts see the server's `location` instead of the frame's, and `import()` of classic scripts goes through the module loader.
 * Both need a real parse, which a document only pays for if one of its scripts may need it.
 */
import type { Bridge } from '../../document/bridge.ts';
import { runPart } from './modules.ts';

/** What the part `source` leaves on the window. */
export type RewriteSource = (text: string, kind: 'script' | 'module', url: string) => string;

/** Cheap, and never wrong in the direction that matters. */
const mayNeed = { script: /\blocation\b|\bimport\s*[(/]/, module: /\blocation\b/ };

export class SourceRewriter {
  readonly #bridge: Bridge;
  #rewrite: Promise<RewriteSource> | undefined;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  needs(text: string, kind: 'script' | 'module'): boolean {
    return mayNeed[kind].test(text);
  }

  /** `text`, found at `url`, with the same lines; unchanged if it does not parse. */
  async rewrite(text: string, kind: 'script' | 'module', url: string): Promise<string> {
    if (!this.needs(text, kind)) return text;
    this.#rewrite ??= this.#load();
    return (await this.#rewrite)(text, kind, url);
  }

  async #load(): Promise<RewriteSource> {
    const text = await this.#bridge.part('source');
    const global = window as unknown as { bvRewriteSource?: RewriteSource };
    runPart(text);
    const rewrite = global.bvRewriteSource!;
    delete global.bvRewriteSource;
    return rewrite;
  }
}
