/**
 * `internalBinding('wasi')`: WASI preview 1 for `node:wasi`, over the process's own descriptors and files. What each function must do
 * and return: `wasi_snapshot_preview1.witx`; what Node's does beyond it: uvwasi.
 */
import type { MakeBinding, Untyped } from '../../realm.ts';
import { descriptorCalls } from './descriptor-calls.ts';
import { errnoOf } from './descriptors.ts';
import { ProgramMemory } from './memory.ts';
import { pathCalls } from './path-calls.ts';
import { processCalls } from './process-calls.ts';
import { standsForAddon } from './stands-for-addon.ts';
import { WasiSystem } from './system.ts';

type Call = (...values: never[]) => number | void;

export const makeWasi: MakeBinding = (realm) => {
  class WASI {
    constructor(args: readonly string[], env: readonly string[], preopens: readonly string[], stdio: readonly number[]) {
      const system = new WasiSystem(realm, args, env, preopens, stdio);
      const calls: Record<string, Call> = { ...processCalls(system), ...descriptorCalls(system), ...pathCalls(system) };
      for (const [name, run] of Object.entries(calls)) {
        Object.defineProperty(this, name, {
          value: (...values: never[]) => {
            if (system.memory === undefined)
              throw Object.assign(new Error('wasi.start() has not been called'), { code: 'ERR_WASI_NOT_STARTED' });
            try {
              return run(...values) ?? 0;
            } catch (error) {
              const errno = errnoOf(error);
              if (errno === undefined) throw error;
              return errno;
            }
          },
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
      Object.defineProperty(this, '_setMemory', {
        value(memory: unknown) {
          if (!(memory instanceof WebAssembly.Memory)) {
            const { ERR_INVALID_ARG_TYPE } = realm.requireBuiltin('internal/errors').codes as Untyped;
            throw Object.assign(new ERR_INVALID_ARG_TYPE('instance.exports.memory', 'WebAssembly.Memory', memory), {
              message: '"instance.exports.memory" property must be a WebAssembly.Memory object',
            });
          }
          system.memory = new ProgramMemory(memory);
        },
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
  return { WASI, standsForAddon: () => standsForAddon(realm) };
};
