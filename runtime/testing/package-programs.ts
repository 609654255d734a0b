/** What each of the baked projects (`tools/baked-projects.ts`) is tried with, in a page: a program, and what real Node says of it. */
export interface PackageProgram {
  readonly files: Readonly<Record<string, string>>;
  readonly command: string;
  /** Of standard output and standard error. */
  readonly says: RegExp;
  /** Of the install's standard error: for packages that do not run in a page. */
  readonly warns?: RegExp;
  /** Default 0. */
  readonly code?: number;
}

/** A server that answers itself and ends. */
const express: PackageProgram = {
  files: {
    'main.js': `const app = require('express')();
app.get('/hi/:name', (request, response) => response.json({ hello: request.params.name }));
const server = app.listen(3000, async () => {
  const response = await fetch('http://localhost:3000/hi/you');
  console.log(response.status, await response.text());
  server.close();
});
`,
  },
  command: 'node main.js',
  says: /^200 \{"hello":"you"\}\n$/,
};
const main = (text: string, says: RegExp): PackageProgram => ({ files: { 'main.mjs': text }, command: 'node main.mjs', says });
const vite = (plugin: string, files: Readonly<Record<string, string>>, modules: RegExp): PackageProgram => ({
  files: {
    'vite.config.js': `import plugin from '@vitejs/plugin-${plugin}';\nexport default { plugins: [plugin()] };\n`,
    'index.html': '<div id="root"></div><script type="module" src="/main.jsx"></script>\n',
    ...files,
  },
  command: 'npx vite build && ls dist/assets',
  says: modules,
});
/** Files whose classes Tailwind finds. */
const tailwind: Readonly<Record<string, string>> = {
  'index.html': '<p class="w-1/2">hi</p><script type="module" src="/main.js"></script>\n',
  'in.css': '@import "tailwindcss";\n@theme { --color-brand: oklch(0.7 0.1 200); }\n',
  'src/a.js': 'export const name = "underline";\n',
  'main.js': "import './in.css';\nimport './src/a.js';\n",
};
/** Builds, and serves what the style sheet is before and after a class is added to a file. */
const tailwindByVite: PackageProgram = {
  files: {
    ...tailwind,
    'vite.config.js': `import tailwindcss from '@tailwindcss/vite';\nexport default { plugins: [tailwindcss()] };\n`,
    'main.mjs': `import { writeFileSync } from 'node:fs';
import { createServer } from 'vite';
const server = await createServer({ logLevel: 'error' });
await server.listen();
const css = async () => (await fetch(server.resolvedUrls.local[0] + 'in.css?direct', { headers: { accept: 'text/css' } })).text();
const first = await css();
console.log(first.includes('.w-1'), first.includes('.underline'), first.includes('.ital' + 'ic'));
writeFileSync('src/a.js', 'export const name = "ital' + 'ic";');
while (!(await css()).includes('.ital' + 'ic')) await new Promise((resolve) => setTimeout(resolve, 20));
await server.close();
`,
  },
  command: 'npx vite build && tail -c 90 dist/assets/*.css && node main.mjs',
  says: /✓ built in [^]*\.w-1\\\/2\{width:50%\}\.underline\{text-decoration-line:underline\}[^]*true true false\n/,
};
const jsx = `import { createRoot } from 'react-dom/client';\ncreateRoot(document.getElementById('root')).render(<b>hi</b>);\n`;
/** Builds, and has asynchronous work done by the threads of rolldown's bindings. */
const vite8: PackageProgram = {
  ...vite(
    'react',
    {
      'main.jsx': jsx,
      'transform.mjs': `import { transformWithOxc } from 'vite';\nconsole.log((await transformWithOxc('let a: number = 1;', 'a.ts')).code);\n`,
    },
    /✓ \d+ modules transformed\.[^]*✓ built in .*\nindex-[\w-]+\.js\n[^]*let a = 1;\n/,
  ),
  command: 'npx vite build && ls dist/assets && node transform.mjs',
};

export const packagePrograms: Readonly<Record<string, PackageProgram>> = {
  express,
  'express-4': express,
  lodash: main(
    `import _ from 'lodash';\nconsole.log(_.chunk([1, 2, 3], 2), _.camelCase('what is this'));\n`,
    /^\[ \[ 1, 2 \], \[ 3 \] \] whatIsThis\n$/,
  ),
  chalk: main(
    `import { Chalk } from 'chalk';\nconsole.log(JSON.stringify(new Chalk({ level: 1 }).red.bold('x')));\n`,
    /^"\\u001b\[31m\\u001b\[1mx\\u001b\[22m\\u001b\[39m"\n$/,
  ),
  commander: {
    files: {
      'main.js': `const { program } = require('commander');
program.option('-n, --number <n>').argument('<x>').action((x, options) => console.log(x, options.number)).parse();
`,
    },
    command: 'node main.js a -n 5 && node main.js',
    says: /^a 5\nerror: missing required argument 'x'\n$/,
    code: 1,
  },
  zod: main(
    `import { z } from 'zod';\nconst { success, error } = z.object({ a: z.number() }).safeParse({ a: 'x' });\nconsole.log(success, error.issues[0].code);\n`,
    /^false invalid_type\n$/,
  ),
  uuid: main(
    `import { v4, v5, validate } from 'uuid';\nconsole.log(v5('hello', v5.URL), validate(v4()));\n`,
    /^074171de-bc84-5ea4-b636-1135477620e1 true\n$/,
  ),
  ws: main(
    `import { WebSocket, WebSocketServer } from 'ws';
const server = new WebSocketServer({ port: 3001 }, () => {
  const client = new WebSocket('ws://localhost:3001');
  client.on('open', () => client.send('ping'));
  client.on('message', (text) => { console.log(String(text)); client.close(); server.close(); });
});
server.on('connection', (socket) => socket.on('message', (text) => socket.send('echo ' + text)));
`,
    /^echo ping\n$/,
  ),
  small: main(
    `import React from 'react';
import { renderToString } from 'react-dom/server';
import { motion } from 'framer-motion';
console.log(renderToString(React.createElement(motion.b, null, 'x')));
`,
    /^<b>x<\/b>\n$/,
  ),
  fastify: main(
    `import fastify from 'fastify';\nconst app = fastify();\napp.get('/', () => ({ ok: true }));\nconst { statusCode, body } = await app.inject('/');\nconsole.log(statusCode, body);\n`,
    /^200 \{"ok":true\}\n$/,
  ),
  koa: main(
    `import Koa from 'koa';
const app = new Koa();
app.use((context) => { context.body = 'koa ' + context.path; });
const server = app.listen(3002, async () => {
  const response = await fetch('http://localhost:3002/x');
  console.log(response.status, await response.text());
  server.close();
});
`,
    /^200 koa \/x\n$/,
  ),
  hono: main(
    `import { serve } from '@hono/node-server';
import { Hono } from 'hono';
const app = new Hono();
app.get('/', (context) => context.text('hono'));
const server = serve({ fetch: app.fetch, port: 3003 }, async () => {
  const response = await fetch('http://localhost:3003/');
  console.log(response.status, await response.text());
  server.close();
});
`,
    /^200 hono\n$/,
  ),
  'socket.io': main(
    `import { Server } from 'socket.io';
import { io } from 'socket.io-client';
const server = new Server(3004);
server.on('connection', (socket) => socket.on('question', (value, answer) => answer(value + 1)));
const client = io('http://localhost:3004', { transports: ['websocket'] });
client.emit('question', 41, (value) => { console.log(value); client.close(); server.close(); });
`,
    /^42\n$/,
  ),
  axios: main(
    `import axios from 'axios';
import http from 'node:http';
const server = http.createServer((request, response) => response.end('{"a":1}')).listen(3005, async () => {
  const { status, data } = await axios.get('http://localhost:3005/');
  console.log(status, data.a);
  server.close();
});
`,
    /^200 1\n$/,
  ),
  'node-fetch': main(
    `import fetch from 'node-fetch';
import http from 'node:http';
const server = http.createServer((request, response) => response.end('text')).listen(3006, async () => {
  const response = await fetch('http://localhost:3006/');
  console.log(response.status, await response.text());
  server.close();
});
`,
    /^200 text\n$/,
  ),
  'react-server': main(
    `import React from 'react';
import { renderToPipeableStream } from 'react-dom/server';
const { pipe } = renderToPipeableStream(React.createElement('i', null, 'hi'), { onAllReady: () => pipe(process.stdout) });
`,
    /^<i>hi<\/i>$/,
  ),
  yargs: main(
    `import yargs from 'yargs';\nconsole.log(yargs(['--a', '1', 'b']).parse());\n`,
    /^\{ _: \[ 'b' \], a: 1, '\$0': 'main\.mjs' \}\n$/,
  ),
  'date-fns': main(
    `import { addDays, format } from 'date-fns';\nconsole.log(format(addDays(new Date(2020, 1, 28), 2), 'yyyy-MM-dd EEEE'));\n`,
    /^2020-03-01 Sunday\n$/,
  ),
  typescript: {
    files: {
      'tsconfig.json': '{ "compilerOptions": { "strict": true, "outDir": "out", "types": [] }, "files": ["a.ts"] }\n',
      'a.ts': 'export const x: number = 1;\nconst y: string = x;\n',
    },
    command: 'npx tsc',
    says: /^a\.ts\(2,7\): error TS2322: Type 'number' is not assignable to type 'string'\.\n$/,
    code: 2,
  },
  eslint: {
    files: {
      'eslint.config.mjs': `import js from '@eslint/js';\nexport default [js.configs.recommended];\n`,
      'a.js': 'const unused = 1;\n',
    },
    command: 'npx eslint a.js',
    says: /1:7 {2}error {2}'unused' is assigned a value but never used {2}no-unused-vars\n\n✖ 1 problem/,
    code: 1,
  },
  prettier: { files: { 'a.js': 'const   a = {b:1}' }, command: 'npx prettier a.js', says: /^const a = \{ b: 1 \};\n$/ },
  mocha: {
    files: {
      'test.js': `const { expect } = require('chai');
describe('a', () => {
  it('b', () => expect(1).to.equal(1));
  it('c', () => expect(1).to.equal(2));
});
`,
    },
    command: 'npx mocha test.js',
    says: /1 passing .*\n {2}1 failing\n[^]*AssertionError: expected 1 to equal 2/,
    code: 1,
  },
  jest: {
    files: { 'a.test.js': `test('adds', () => expect(1 + 1).toBe(2));\ntest('fails', () => expect(1).toBe(2));\n` },
    command: 'npx jest --ci -i',
    says: /✓ adds[^]*✕ fails[^]*Tests: +1 failed, 1 passed, 2 total/,
    code: 1,
  },
  vitest: {
    files: { 'a.test.js': `import { expect, test } from 'vitest';\ntest('adds', () => expect(1 + 1).toBe(2));\n` },
    command: 'npx vitest run',
    says: /✓ a\.test\.js \(1 test\)[^]*Tests {2}1 passed \(1\)/,
  },
  rollup: {
    files: { 'a.js': `import { b } from './b.js';\nconsole.log(b);\n`, 'b.js': 'export const b = 1;\nexport const c = 2;\n' },
    command: 'npx rollup a.js -f es --silent',
    says: /^const b = 1;\n\nconsole\.log\(b\);\n$/,
  },
  esbuild: {
    files: { 'a.ts': `import { b } from './b';\nconsole.log(b as number);\n`, 'b.ts': 'export const b = 1;\n' },
    command: 'npx esbuild a.ts --bundle',
    says: /^\(\(\) => \{\n {2}\/\/ b\.ts\n {2}var b = 1;\n\n {2}\/\/ a\.ts\n {2}console\.log\(b\);\n\}\)\(\);\n$/,
  },
  webpack: {
    files: { 'src/index.js': `import { b } from './b.js';\nconsole.log(b);\n`, 'src/b.js': 'export const b = 1;\n' },
    command: 'npx webpack --mode production && node dist/main.js',
    says: /compiled successfully in \d+ ms\n1\n$/,
  },
  'swc-core': main(
    `import swc from '@swc/core';
const { code } = swc.transformSync('const a: number = b ?? 1;', { jsc: { parser: { syntax: 'typescript' }, target: 'es2019' } });
console.log(code, (await swc.minify('const long = 1; console.log(long);', { module: true })).code);
`,
    /^const a = b !== null && b !== void 0 \? b : 1;\n console\.log\(1\);\n$/,
  ),
  'parcel-watcher': main(
    `import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { subscribe } from '@parcel/watcher';
mkdirSync('src/sub', { recursive: true });
writeFileSync('src/a.txt', 'a');
let told;
const said = await subscribe('src', (error, events) => told?.(events.map(({ type, path }) => type + path.slice(process.cwd().length)).join()), { ignore: ['**/*.log'] });
const after = (change) => new Promise((done) => {
  told = done;
  change();
});
console.log(await after(() => appendFileSync('src/a.txt', 'b')));
console.log(await after(() => { writeFileSync('src/x.log', ''); mkdirSync('src/sub/new'); }));
console.log(await after(() => rmSync('src/a.txt')));
await said.unsubscribe();
`,
    /^update\/src\/a\.txt\ncreate\/src\/sub\/new\ndelete\/src\/a\.txt\n$/,
  ),
  bcrypt: main(
    `import bcrypt from 'bcrypt';
const hash = bcrypt.hashSync('secret', 4);
console.log(hash.slice(0, 7), bcrypt.compareSync('secret', hash), await bcrypt.compare('other', hash), bcrypt.getRounds(hash));
`,
    /^\$2b\$04\$ true false 4\n$/,
  ),
  lightningcss: main(
    `import { transform } from 'lightningcss';
const { code } = transform({ filename: 'a.css', code: Buffer.from('.a { .b & { color: rgb(255, 0, 0) } }'), minify: true, targets: { safari: 15 << 16 } });
console.log(String(code));
`,
    /^\.b \.a\{color:red\}\n$/,
  ),
  'node-sass': main(
    `import sass from 'node-sass';\nconsole.log(String(sass.renderSync({ data: '$c: red; a { b { color: $c } }' }).css));\n`,
    /^a b \{\n {2}color: red;\n\}\n/m,
  ),
  'oxc-parser': main(
    `import { parseSync } from 'oxc-parser';
const { program, errors } = parseSync('a.ts', 'const a: number = 1');
console.log(program.body[0].declarations[0].id.typeAnnotation.typeAnnotation.type, errors.length);
`,
    /^TSNumberKeyword 0\n/,
  ),
  'better-sqlite3': {
    files: {},
    command: `node -e "require('better-sqlite3')(':memory:')"`,
    says: /Could not locate the bindings file/,
    code: 1,
    warns: /^npm warn bavini better-sqlite3@\S+ does not run in a page: sql\.js is SQLite as WebAssembly$/m,
  },
  rolldown: {
    files: { 'a.js': "import { b } from './b.ts';\nconsole.log(b(2));\n", 'b.ts': 'export const b = (n: number) => n * 21;\n' },
    command: 'npx rolldown a.js -d out >/dev/null && node out/a.js',
    says: /^42\n/,
  },
  'sass-embedded': main(
    `import * as sass from 'sass-embedded';
console.log(sass.compileString('a { b { c: 1 + 1 } }', { style: 'compressed' }).css, (await sass.compileStringAsync('d { e: f }')).css);
`,
    /^a b\{c:2\} d \{\n {2}e: f;\n\}\n$/,
  ),
  sharp: {
    files: {},
    command: `node -e "require('sharp')"`,
    says: /Error: sharp@\S+ does not run in a page: it waits for threads /,
    code: 1,
    warns: /^npm warn bavini sharp@\S+ does not run in a page: it waits for threads /m,
  },
  tailwindcss: {
    files: {
      ...tailwind,
      'watch.mjs': `import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
const watching = spawn('npx', ['@tailwindcss/cli', '-i', 'in.css', '-o', 'out.css', '--watch=always']);
watching.stderr.on('data', (text) => {
  if (!String(text).includes('Done in')) return;
  writeFileSync('later.html', '<p class="m-[' + 7 + 'px]">');
  if (!readFileSync('out.css', 'utf8').includes('margin: 7px')) return;
  console.log('seen');
  watching.kill();
});
`,
    },
    command: 'npx @tailwindcss/cli -i in.css -o out.css --minify && tail -c 90 out.css && node watch.mjs',
    says: /\.w-1\\\/2\{width:50%\}\.underline\{text-decoration-line:underline\}\}seen\n/,
  },
  'tailwindcss-postcss': {
    files: {
      ...tailwind,
      'main.js': `const { readFileSync, writeFileSync } = require('node:fs');
const build = async () => {
  const { css } = await require('postcss')([require('@tailwindcss/postcss')()]).process(readFileSync('in.css'), { from: process.cwd() + '/in.css' });
  console.log(css.match(/^ {2}\\.[^ ]+/gm).join());
};
build().then(() => {
  writeFileSync('src/a.js', 'export const name = "ital' + 'ic";');
  return build();
});
`,
    },
    command: 'node main.js',
    says: /^ {2}\.w-1\\\/2, {2}\.underline\n {2}\.w-1\\\/2, {2}\.italic, {2}\.underline\n/,
  },
  'napi-rs': main(
    `import { hashSync, verifySync } from '@node-rs/argon2';
import bcrypt from '@node-rs/bcrypt';
import { crc32 } from '@node-rs/crc32';
import { xxh64 } from '@node-rs/xxhash';
import { ResolverFactory } from 'oxc-resolver';
const hashed = bcrypt.hashSync('secret', 4);
console.log(verifySync(hashSync('secret'), 'secret'), bcrypt.compareSync('secret', hashed), bcrypt.compareSync('other', hashed));
console.log(crc32('hello'), xxh64('hello'), new ResolverFactory({}).sync(process.cwd(), 'oxc-resolver').path.slice(-31));
`,
    /^true true false\n907060870 2794345569481354659n e_modules\/oxc-resolver\/index\.js\n/,
  ),
  'ws-native': main(
    `import 'core-js/actual/array/group-by.js';
import bufferUtil from 'bufferutil';
import utf8Validate from 'utf-8-validate';
const masked = Buffer.alloc(3);
bufferUtil.mask(Buffer.from([1, 2, 3]), Buffer.from([1, 1, 1, 1]), masked, 0, 3);
console.log(masked, utf8Validate(Buffer.from([0xff])));
`,
    /^<Buffer 00 03 02> false\n$/,
  ),
  next: {
    files: {
      'app/layout.js': 'export default function Layout({ children }) {\n  return <html><body>{children}</body></html>;\n}\n',
      'app/page.js': 'export default function Page() {\n  return <h1>Next</h1>;\n}\n',
    },
    command: 'NEXT_TELEMETRY_DISABLED=1 NEXT_IGNORE_INCORRECT_LOCKFILE=1 npx next build && cat .next/server/app/index.html',
    says: /✓ Compiled successfully in [^]*✓ Generating static pages \(4\/4\)[^]*<h1>Next<\/h1>/,
  },
  astro: {
    files: {
      'src/pages/index.astro': '---\nconst a = 1;\n---\n<html><body><h1>Astro {a}</h1></body></html>\n',
      'astro.config.mjs': 'export default {};\n',
    },
    command: 'ASTRO_TELEMETRY_DISABLED=1 npx astro build && cat dist/index.html',
    says: /1 page\(s\) built in [^]*<h1>Astro 1<\/h1>/,
  },
  'vite-react': vite('react', { 'main.jsx': jsx }, /✓ \d+ modules transformed\.[^]*✓ built in .*\nindex-[\w-]+\.js\n$/),
  'vite-tailwind': tailwindByVite,
  'vite-8-tailwind': tailwindByVite,
  'vite-8-react': vite8,
  'vite-react-ts': vite('react', { 'main.jsx': jsx }, /✓ \d+ modules transformed\.[^]*✓ built in .*\nindex-[\w-]+\.js\n$/),
  'vite-vue': vite(
    'vue',
    {
      'main.jsx': `import { createApp } from 'vue';\nimport App from './App.vue';\ncreateApp(App).mount('#root');\n`,
      'App.vue': '<script setup>\nconst a = 1;\n</script>\n<template><b>{{ a }}</b></template>\n',
    },
    /✓ \d+ modules transformed\.[^]*✓ built in .*\nindex-[\w-]+\.js\n$/,
  ),
};
