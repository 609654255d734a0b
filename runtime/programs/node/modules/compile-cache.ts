/** Compiled modules by what they were compiled from, so that a text is parsed once. */
import type { CompiledModule } from './compile.ts';

/** What may keep compiled modules beyond one process. Both may do nothing; `get` is called before every parse. */
export interface CompileCache {
  get(hash: string): CompiledModule | undefined;
  put(hash: string, compiled: CompiledModule): void;
}

let shared: CompileCache | undefined;

/** Told once, by whoever keeps compiled modules beside their layer. */
export function setCompileCache(cache: CompileCache | undefined): void {
  shared = cache;
}

export function compileCache(): CompileCache | undefined {
  return shared;
}

/** Two 32-bit FNV-1a passes and the length: names a text among those of one browser, and is not meant to resist forgery. */
export function hashOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ ((unit << 5) | (unit >>> 3)), 0x01000193);
  }
  return `${(a >>> 0).toString(36)}-${(b >>> 0).toString(36)}-${text.length.toString(36)}`;
}
