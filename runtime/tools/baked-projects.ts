/** Real packages that tests install and run, from a baked folder that `baked-packages.ts` makes once per machine. */

export interface BakedProject {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly type?: 'module';
}

const one = (name: string, range: string): BakedProject => ({ dependencies: { [name]: range } });

/** By group, then by name. `basic` is what CI's own tests need; the others are for `npm run test:packages`. */
export const bakedProjects = {
  basic: {
    express: one('express', '^5.0.0'),
    lodash: one('lodash', '^4.17.0'),
    chalk: one('chalk', '^5.0.0'),
    commander: one('commander', '^14.0.0'),
    zod: one('zod', '^4.0.0'),
    uuid: one('uuid', '^11.0.0'),
    ws: one('ws', '^8.0.0'),
    small: { dependencies: { react: '^19.0.0', 'react-dom': '^19.0.0', zod: '^4.0.0', 'framer-motion': '^12.0.0' } },
  },
  servers: {
    'express-4': one('express', '^4.21.0'),
    fastify: one('fastify', '^5.0.0'),
    koa: one('koa', '^3.0.0'),
    hono: { dependencies: { hono: '^4.0.0', '@hono/node-server': '^1.0.0' } },
    'socket.io': { dependencies: { 'socket.io': '^4.0.0', 'socket.io-client': '^4.0.0' } },
    axios: one('axios', '^1.0.0'),
    'node-fetch': one('node-fetch', '^3.0.0'),
    'react-server': { dependencies: { react: '^19.0.0', 'react-dom': '^19.0.0' } },
  },
  libraries: { yargs: one('yargs', '^18.0.0'), 'date-fns': one('date-fns', '^4.0.0') },
  tools: {
    typescript: one('typescript', '~5.8.0'),
    eslint: { devDependencies: { eslint: '^9.0.0', '@eslint/js': '^9.0.0' } },
    prettier: one('prettier', '^3.0.0'),
    mocha: { devDependencies: { mocha: '^11.0.0', chai: '^6.0.0' } },
    jest: { devDependencies: { jest: '^30.0.0' } },
    vitest: { type: 'module', devDependencies: { vitest: '^3.0.0' } },
  },
  bundlers: {
    rollup: one('rollup', '^4.0.0'),
    esbuild: one('esbuild', '^0.25.0'),
    webpack: { devDependencies: { webpack: '^5.0.0', 'webpack-cli': '^6.0.0' } },
    'vite-react': {
      type: 'module',
      dependencies: { react: '^19.0.0', 'react-dom': '^19.0.0' },
      devDependencies: { '@vitejs/plugin-react': '^4.0.0', vite: '^7.0.0' },
    },
    'vite-8-react': {
      type: 'module',
      dependencies: { react: '^19.0.0', 'react-dom': '^19.0.0' },
      devDependencies: { '@vitejs/plugin-react': '^6.0.0', vite: '^8.0.0' },
    },
    'vite-tailwind': {
      type: 'module',
      devDependencies: { '@tailwindcss/vite': '^4.3.0', tailwindcss: '^4.3.0', vite: '^7.0.0' },
    },
    'vite-8-tailwind': {
      type: 'module',
      devDependencies: { '@tailwindcss/vite': '^4.3.0', tailwindcss: '^4.3.0', vite: '^8.0.0' },
    },
    'vite-vue': { type: 'module', dependencies: { vue: '^3.5.0' }, devDependencies: { '@vitejs/plugin-vue': '^6.0.0', vite: '^7.0.0' } },
    /** The measured one: as create-vite made it for Vite 7. */
    'vite-react-ts': {
      type: 'module',
      dependencies: { react: '^19.1.0', 'react-dom': '^19.1.0' },
      devDependencies: {
        '@eslint/js': '^9.30.0',
        '@types/react': '^19.1.8',
        '@types/react-dom': '^19.1.6',
        '@vitejs/plugin-react': '^4.6.0',
        eslint: '^9.30.0',
        'eslint-plugin-react-hooks': '^5.2.0',
        'eslint-plugin-react-refresh': '^0.4.20',
        globals: '^16.2.0',
        typescript: '~5.8.3',
        'typescript-eslint': '^8.35.0',
        vite: '^7.0.0',
      },
    },
  },
  /** Each row of the table of native packages (`install/substitutions.ts`), and some that name their own builds. */
  native: {
    'swc-core': one('@swc/core', '^1.0.0'),
    'parcel-watcher': one('@parcel/watcher', '^2.0.0'),
    bcrypt: one('bcrypt', '^6.0.0'),
    'better-sqlite3': one('better-sqlite3', '^12.0.0'),
    lightningcss: one('lightningcss', '^1.0.0'),
    'node-sass': one('node-sass', '^9.0.0'),
    'oxc-parser': one('oxc-parser', '^0.90.0'),
    rolldown: one('rolldown', '^1.0.0-beta.40'),
    'sass-embedded': one('sass-embedded', '^1.90.0'),
    sharp: one('sharp', '^0.34.0'),
    tailwindcss: { dependencies: { tailwindcss: '^4.3.0', '@tailwindcss/cli': '^4.3.0' } },
    'tailwindcss-postcss': { dependencies: { '@tailwindcss/postcss': '^4.3.0', postcss: '^8.5.0', tailwindcss: '^4.3.0' } },
    'napi-rs': {
      dependencies: {
        '@node-rs/argon2': '~2.0.0',
        '@node-rs/bcrypt': '~1.10.0 <1.10.8',
        '@node-rs/crc32': '~1.10.0 <1.10.7',
        '@node-rs/xxhash': '~1.7.0 <1.7.7',
        'oxc-resolver': '^11.0.0',
      },
    },
    'ws-native': { dependencies: { ws: '^8.0.0', bufferutil: '^4.0.0', 'utf-8-validate': '^6.0.0', 'core-js': '^3.0.0' } },
  },
  frameworks: {
    next: { dependencies: { next: '^15.0.0', react: '^19.0.0', 'react-dom': '^19.0.0' } },
    astro: { type: 'module', dependencies: { astro: '^5.0.0' } },
  },
  /** Only measured: as many packages as a large project has. */
  bench: {
    large: {
      dependencies: { react: '^19.0.0', 'react-dom': '^19.0.0' },
      devDependencies: { eslint: '^9.0.0', jest: '^30.0.0', typescript: '~5.8.0' },
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, BakedProject>>>>;

export type BakedGroup = keyof typeof bakedProjects;

/** `name` and `version` are what npm writes into the lock. */
export function manifestOf(name: string, project: BakedProject): object {
  return { name: `baked-${name}`.replace('.', '-'), version: '1.0.0', private: true, ...project };
}
