/** What npm says of settings that it would rather not see. */
export const deprecations: Readonly<Record<string, string>> = {
  also: 'Please use --include=dev instead.',
  'cache-max': 'This option has been deprecated in favor of `--prefer-online`',
  'cache-min': 'This option has been deprecated in favor of `--prefer-offline`.',
  cert: '`key` and `cert` are no longer used for most registry operations.\nUse registry scoped `keyfile` and `certfile` instead.\nExample:\n//other-registry.tld/:keyfile=/path/to/key.pem\n//other-registry.tld/:certfile=/path/to/cert.crt',
  dev: 'Please use --include=dev instead.',
  'global-style': 'This option has been deprecated in favor of `--install-strategy=shallow`',
  'init.author.email': 'Use `--init-author-email` instead.',
  'init.author.name': 'Use `--init-author-name` instead.',
  'init.author.url': 'Use `--init-author-url` instead.',
  'init.license': 'Use `--init-license` instead.',
  'init.module': 'Use `--init-module` instead.',
  'init.version': 'Use `--init-version` instead.',
  key: '`key` and `cert` are no longer used for most registry operations.\nUse registry scoped `keyfile` and `certfile` instead.\nExample:\n//other-registry.tld/:keyfile=/path/to/key.pem\n//other-registry.tld/:certfile=/path/to/cert.crt',
  'legacy-bundling': 'This option has been deprecated in favor of `--install-strategy=nested`',
  only: 'Use `--omit=dev` to omit dev dependencies from the install.',
  optional:
    'Use `--omit=optional` to exclude optional dependencies, or\n`--include=optional` to include them.\nDefault value does install optional deps unless otherwise omitted.',
  production: 'Use `--omit=dev` instead.',
  shrinkwrap: 'Use the --package-lock setting instead.',
};
