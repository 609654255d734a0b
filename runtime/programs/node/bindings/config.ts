import type { Untyped } from '../realm.ts';

/** `internalBinding('config')`: what this build of Node has. */
export function makeConfig(): Untyped {
  return {
    isDebugBuild: false,
    openSSLIsBoringSSL: false,
    hasOpenSSL: true,
    fipsMode: false,
    hasIntl: typeof Intl === 'object',
    // So that `trace_events` can be loaded; using it says what is missing.
    hasTracing: true,
    hasNodeOptions: true,
    hasInspector: false,
    noBrowserGlobals: false,
    bits: 64,
    getDefaultLocale: () => (typeof Intl === 'object' ? new Intl.DateTimeFormat().resolvedOptions().locale : 'en-US'),
  };
}
