import type { Untyped } from '../realm.ts';

/** `internalBinding('diagnostics_channel')`: no native code here publishes, so no channel is shared with it. */
export function makeDiagnosticsChannel(): Untyped {
  return {
    subscribers: new Uint32Array(16),
    linkNativeChannel: () => {},
  };
}
