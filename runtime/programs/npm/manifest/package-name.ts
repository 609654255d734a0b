/** What `validate-npm-package-name` has against a name. */

/** Of Node: a package of such a name is never found by `require`. */
const coreModules = new Set(
  `_http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex _stream_passthrough
  _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common _tls_wrap assert assert/strict async_hooks buffer
  child_process cluster console constants crypto dgram diagnostics_channel dns dns/promises domain events fs fs/promises http http2
  https inspector inspector/promises module net os path path/posix path/win32 perf_hooks process punycode querystring readline
  readline/promises repl stream stream/consumers stream/promises stream/web string_decoder sys timers timers/promises tls
  trace_events tty url util util/types v8 vm wasi worker_threads zlib node:sea node:sqlite node:test node:test/reporters`.split(/\s+/),
);

/** Why a new package may not have this name; empty if it may. */
export function nameProblems(name: string): string[] {
  const problems: string[] = [];
  const warnings: string[] = [];
  if (name === '') problems.push('name length must be greater than zero');
  if (name.startsWith('.')) problems.push('name cannot start with a period');
  if (name.startsWith('-')) problems.push('name cannot start with a hyphen');
  if (name.startsWith('_')) problems.push('name cannot start with an underscore');
  if (name.trim() !== name) problems.push('name cannot contain leading or trailing spaces');
  for (const taken of ['node_modules', 'favicon.ico']) {
    if (name.toLowerCase() === taken) problems.push(`${taken} is not a valid package name`);
  }
  if (coreModules.has(name.toLowerCase())) warnings.push(`${name} is a core module name`);
  if (name.length > 214) warnings.push('name can no longer contain more than 214 characters');
  if (name.toLowerCase() !== name) warnings.push('name can no longer contain capital letters');
  if (/[~'!()*]/.test(name.slice(name.lastIndexOf('/') + 1))) warnings.push(`name can no longer contain special characters ("~'!()*")`);
  const [, scope, base] = /^(?:@([^/]+?)[/])?([^/]+?)$/.exec(name) ?? [];
  const isPlain = encodeURIComponent(name) === name;
  if (!isPlain && base?.startsWith('.') === true) problems.push('name cannot start with a period');
  const isScoped = scope !== undefined && base !== undefined && encodeURIComponent(scope) === scope && encodeURIComponent(base) === base;
  if (!isPlain && !isScoped) problems.push('name can only contain URL-friendly characters');
  return [...problems, ...warnings];
}
