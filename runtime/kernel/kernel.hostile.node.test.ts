/** The suite of `kernel.hostile.test.ts`, which browsers run too. */
import { describe, it } from 'node:test';

Object.assign(globalThis, { describe, it });
await import('./kernel.hostile.test.ts');
