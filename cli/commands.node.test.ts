import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { lessonOf, type LessonDocument } from '../components/lesson/lesson-format.ts';
import { Program } from './testing/program.ts';

let program: Program;

before(async () => {
  program = await Program.build('commands');
});
after(() => program[Symbol.dispose]());

const packed = (path: string) => lessonOf(JSON.parse(readFileSync(join(program.area, path), 'utf8')));

describe('bavini init', () => {
  it('writes a page, and touches nothing that is there', async () => {
    const { code, stdout } = await program.run('init', 'page');
    assert.equal(code, 0);
    assert.equal(stdout, 'page/index.html\nNow: npx bavini dev page\n');
    const html = readFileSync(join(program.area, 'page/index.html'), 'utf8');
    assert.match(html, /<bv-lesson /);
    const again = await program.run('init', 'page');
    assert.equal(again.code, 1);
    assert.equal(again.stderr, 'bavini: Cannot begin a lesson in "page": index.html is there already\n');
    assert.equal(readFileSync(join(program.area, 'page/index.html'), 'utf8'), html);
  });

  it("writes a folder of Markdown in TutorialKit's layout, which packs", async () => {
    assert.equal((await program.run('init', 'folder', '--markdown')).code, 0);
    const { code, stdout } = await program.run('pack', 'folder');
    assert.equal(code, 0);
    assert.match(stdout, /lesson\.json: 2 steps\n$/);
    const { label, steps } = packed('folder/lesson.json');
    assert.equal(label, 'A lesson');
    assert.deepEqual(
      steps.map(({ name, label: shown, group, from, focus, command }) => ({ name, shown, group, from, focus, command })),
      [
        { name: 'greetings-greet', shown: 'A greeting', group: 'Greetings', from: 'lesson', focus: 'greet.js', command: 'node greet.js' },
        { name: 'greetings-polite', shown: 'More polite', group: 'Greetings', from: 'lesson', focus: 'greet.js', command: 'node greet.js' },
      ],
    );
    assert.match(String(steps[1]?.solution?.['greet.js']), /'!'/);
    assert.deepEqual(steps[0]?.checks, [{ type: 'command', run: 'node greet.js', stdout: 'Hello Ada' }]);
  });
});

describe('bavini pack', () => {
  const lesson = (fields: string, body = '') => `---\ntype: lesson\n${fields}\n---\n${body}`;

  it('reads what TutorialKit reads: order, templates, commands, previews, asides, bytes', async () => {
    program.write({
      'site/src/content/tutorial/meta.md': '---\ntype: tutorial\ntitle: All\ntemplate: server\nparts:\n  - late\n  - 1-early\n---\n',
      'site/src/content/tutorial/1-early/10-b/content.md': lesson('title: B\npreviews:\n  - [3000, "Preview", "/hello"]'),
      'site/src/content/tutorial/1-early/9-a/content.mdx': lesson(
        'title: A\nprepareCommands:\n  - [npm install, Installing]\n  - npm run build\nmainCommand: { command: npm start, title: Start }\npreviews: [8080]',
        ':::tip[Look]\nSome **text**\n:::\n\n```\n:::tip\n```\n',
      ),
      'site/src/content/tutorial/late/one/content.md': lesson('title: One\nslug: first'),
      'site/src/content/tutorial/late/one/_files/pixel.bin': new Uint8Array([0xff, 0x00]),
      'site/src/content/tutorial/late/one/_files/src/a.js': '1\n',
      'site/src/templates/server/index.js': 'serve()\n',
    });
    const { code, stderr } = await program.run('pack', 'site/src/content/tutorial', '--out', 'out/all.json.gz');
    assert.equal(stderr, '');
    assert.equal(code, 0);
    const document = JSON.parse(gunzipSync(readFileSync(join(program.area, 'out/all.json.gz'))).toString()) as LessonDocument;
    assert.deepEqual(document.files, { 'index.js': 'serve()\n' });
    assert.deepEqual(
      document.steps.map(({ name }) => name),
      ['first', 'early-a', 'early-b'],
    );
    const [one, a, b] = document.steps;
    assert.deepEqual(one?.files, { 'pixel.bin': { base64: '/wA=' }, 'src/a.js': '1\n' });
    assert.equal(a?.command, 'npm install && npm run build && npm start');
    assert.equal(a?.preview, '8080');
    assert.match(a?.html ?? '', /<aside class="tip">\s*<p><strong>Look<\/strong><\/p>\s*<p>Some <strong>text<\/strong><\/p>\s*<\/aside>/);
    assert.match(a?.html ?? '', /<code>:::tip\n<\/code>/);
    assert.equal(b?.preview, '3000/hello');
  });

  it('says file, line and column of what is wrong, and writes nothing', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['---\ntitle: A\nfocus: "a\n---\n', /^bavini: content\.md:\d+:\d+: unexpected end of the stream within a double quoted scalar/],
      ['---\ntitle: A\n  bad: : b\n---\n', /^bavini: content\.md:3:\d+: /],
      ['---\ntitle: A\n', /^bavini: content\.md:1:1: the front matter has no end/],
      ['---\ntitle: A\nfocus: 1\n---\n', /^bavini: content\.md:3:1: focus must be a text/],
      ['---\ntitle: A\npreviews: yes\n---\n', /^bavini: content\.md:3:1: previews must be a list of ports/],
      ['---\ntitle: A\nmainCommand: []\n---\n', /^bavini: content\.md:3:1: mainCommand must be a command/],
      ['---\ntitle: A\nchecks:\n  - run: ls\n---\n', /^bavini: content\.md:3:1: checks must have a type each/],
      ['---\n- a\n---\n', /^bavini: content\.md:2:1: the front matter must be a mapping/],
    ];
    for (const [text, expected] of cases) {
      program.write({ 'wrong/content.md': text });
      const { code, stderr } = await program.run('pack', 'wrong');
      assert.equal(code, 1, text);
      assert.match(stderr, expected);
      assert.ok(!existsSync(join(program.area, 'wrong/lesson.json')));
    }
    program.write({ 'nothing/readme.md': '# No lesson\n' });
    assert.match((await program.run('pack', 'nowhere')).stderr, /Cannot pack "nowhere": there is no such folder/);
    assert.match((await program.run('pack', 'nothing')).stderr, /no folder in it has a content\.md/);
    program.write({ 'twice/1-a/content.md': '# A\n', 'twice/2-a/content.md': '# A\n' });
    assert.match((await program.run('pack', 'twice')).stderr, /steps\[1\]\.name is the name of steps\[0\], too: "a"/);
  });
});

describe('bavini dev', () => {
  it('serves the folder and the package, packs Markdown when asked, and tells pages of changes', async () => {
    program.write({
      'served/index.html': '<!doctype html><body><h1>Mine</h1></body>',
      'served/lesson/content.md': '---\ntitle: First\n---\nText\n',
      'secret.txt': 'not served',
    });
    const child = program.start('dev', 'served', '--port', '0');
    try {
      const origin = await new Promise<string>((resolve) =>
        child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
      );
      const text = async (path: string) => (await fetch(new URL(path, origin))).text();
      assert.equal(await text('/'), '<!doctype html><body><h1>Mine</h1><script src="/__bavini/reload.js"></script></body>');
      assert.match(await text('/__bavini/reload.js'), /EventSource/);
      const entry = await fetch(new URL('/bavini/bavini.js', origin));
      assert.equal(entry.status, 200);
      assert.match(entry.headers.get('content-type') ?? '', /^text\/javascript/);
      await entry.body?.cancel();
      assert.equal((await fetch(new URL('/%2e%2e/secret.txt', origin))).status, 404);
      assert.equal((await fetch(new URL('/..%2fsecret.txt', origin))).status, 404);
      assert.match(await text('/lesson/'), /<bv-lesson src="lesson\.json">/);
      assert.equal((JSON.parse(await text('/lesson/lesson.json')) as LessonDocument).steps[0]?.label, 'First');
      const changes = (await fetch(new URL('/__bavini/changes', origin))).body?.pipeThrough(new TextDecoderStream()).getReader();
      assert.equal((await changes?.read())?.value, ': open\n\n');
      program.write({ 'served/lesson/content.md': '---\ntitle: Second\n---\nText\n' });
      assert.match((await changes?.read())?.value ?? '', /^event: change\n/);
      assert.equal((JSON.parse(await text('/lesson/lesson.json')) as LessonDocument).steps[0]?.label, 'Second');
      program.write({ 'served/lesson/content.md': '---\ntitle: "\n---\n' });
      const broken = await fetch(new URL('/lesson/lesson.json', origin));
      assert.equal(broken.status, 500);
      assert.match(await broken.text(), /^content\.md:\d+:\d+: /);
    } finally {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      assert.equal(await ended, 0);
    }
  });
});

describe('bavini doctor', () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  type Answer = readonly [type: string, body: string, headers?: Readonly<Record<string, string>>];
  async function site(answers: Readonly<Record<string, Answer>>): Promise<string> {
    const server = createServer((request, response) => {
      const [type, body, headers] = answers[request.url ?? ''] ?? [];
      if (type === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': type, ...headers }).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const js = 'text/javascript';
  const files = (headers: Readonly<Record<string, string>> = {}): Record<string, Answer> => ({
    '/dist/bavini.js': [js, "import './chunks/define-abc.js';", headers],
    '/dist/chunks/define-abc.js': [js, '', headers],
    ...Object.fromEntries(['index', 'kernel', 'shared', 'process-node'].map((name) => [`/dist/${name}.js`, [js, '', headers]])),
    '/dist/node-library.tar.gz': ['application/gzip', '', headers],
  });
  const page = (src: string) => `<!doctype html><script type="module" src="${src}"></script>`;

  it('finds nothing wrong with a page that has all', async () => {
    const origin = await site({ ...files(), '/': ['text/html', page('dist/bavini.js')] });
    const { code, stdout } = await program.run('doctor', `${origin}/`);
    assert.equal(stdout, `ok       ${origin}/ has what live code needs\n`);
    assert.equal(code, 0);
  });

  it('names missing files, wrong types and missing CORS, with what to do', async () => {
    const cdn = await site({
      ...files(),
      '/dist/kernel.js': ['text/plain', ''],
      '/dist/chunks/define-abc.js': [js, '', { 'access-control-allow-origin': '*' }],
    });
    const origin = await site({ '/': ['text/html', page(`${cdn}/dist/bavini.js`)] });
    const { code, stdout } = await program.run('doctor', `${origin}/`);
    assert.equal(code, 1);
    assert.match(
      stdout,
      new RegExp(
        `problem  ${cdn}/dist/bavini\\.js may not be used by pages of ${origin}: it has no Access-Control-Allow-Origin \\(also index\\.js, kernel\\.js, shared\\.js, process-node\\.js, node-library\\.tar\\.gz\\)\n         Serve it with`,
      ),
    );
    assert.match(
      stdout,
      /kernel\.js comes as "text\/plain", which browsers do not run\n {9}Serve \.js files with Content-Type: text\/javascript/,
    );
    assert.doesNotMatch(stdout, /define-abc/);
    const incomplete = await site({ '/dist/bavini.js': [js, "import './chunks/gone.js';"], '/': ['text/html', page('/dist/bavini.js')] });
    const missing = (await program.run('doctor', `${incomplete}/`)).stdout;
    const others = 'index.js, kernel.js, shared.js, process-node.js, node-library.tar.gz';
    assert.match(
      missing,
      new RegExp(`chunks/gone\\.js is not there: the server answers 404 \\(also ${others}\\)\n {9}Copy the whole folder dist`),
    );
  });

  it('names what elements take by src and is not there', async () => {
    const elements =
      '<bv-container src="files/project.tar.gz"></bv-container><bv-lesson src=lesson.json></bv-lesson><bv-lesson src="there.json"></bv-lesson>';
    const origin = await site({
      ...files(),
      '/there.json': ['application/json', '{}'],
      '/': ['text/html', page('dist/bavini.js') + elements],
    });
    const { code, stdout } = await program.run('doctor', `${origin}/`);
    assert.equal(code, 1);
    const mend = 'Look at the src of the element, and put the file there';
    assert.equal(
      stdout,
      `problem  ${origin}/files/project.tar.gz is not there: the server answers 404 (also lesson.json)\n         ${mend}\n`,
    );
  });

  it('names the directives that a policy lacks, by what they are for', async () => {
    const cases: readonly (readonly [string, readonly RegExp[]])[] = [
      [
        "script-src 'none'",
        [
          /blocks the script of the elements\n +Add 'self' to script-src/,
          /forbids both engines: nothing can run\n +Add 'wasm-unsafe-eval'/,
        ],
      ],
      ["default-src 'self' 'wasm-unsafe-eval'", [/^note {5}.*QuickJS/m]],
      [
        "script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'",
        [/blocks the files that the runtime fetches\n +Add 'self' to connect-src/],
      ],
      ["script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'", [/blocks the worker of the runtime\n +Add 'self' to worker-src/]],
      [
        "script-src 'self' 'unsafe-eval' 'unsafe-inline' blob:; worker-src 'self' blob:; frame-src 'none'",
        [/note {5}.*process of the page\n +Add blob: to frame-src/],
      ],
      [
        "require-trusted-types-for 'script'; trusted-types bavini",
        [/Trusted Types policy "bavini-elements"\n +Add bavini-elements to trusted-types/],
      ],
    ];
    for (const [policy, expected] of cases) {
      const asHeader = await site({ ...files(), '/': ['text/html', page('/dist/bavini.js'), { 'content-security-policy': policy }] });
      const asMeta = await site({
        ...files(),
        '/': ['text/html', `<meta http-equiv="Content-Security-Policy" content="${policy}">${page('/dist/bavini.js')}`],
      });
      for (const origin of [asHeader, asMeta]) {
        const { stdout } = await program.run('doctor', `${origin}/`);
        for (const one of expected) assert.match(stdout, one, policy);
      }
    }
    const strict = { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'" };
    const withoutQuickjs = await site({ ...files(), '/': ['text/html', page('/dist/bavini.js'), strict] });
    assert.match((await program.run('doctor', `${withoutQuickjs}/`)).stdout, /^problem {2}.*process-quickjs\.js is not there/m);
    const free = "script-src 'self' 'unsafe-eval' 'unsafe-inline' blob:; worker-src 'self' blob:; connect-src 'self'; frame-src blob:";
    const origin = await site({ ...files(), '/': ['text/html', page('/dist/bavini.js'), { 'content-security-policy': free }] });
    assert.match((await program.run('doctor', `${origin}/`)).stdout, /^ok /);
  });

  it('says what it cannot look at', async () => {
    const origin = await site({ '/': ['text/html', '<h1>None</h1>'] });
    assert.match((await program.run('doctor', `${origin}/`)).stdout, /^problem {2}The page has no script of bavini/);
    assert.match((await program.run('doctor', `${origin}/none`)).stdout, /is not there: the server answers 404/);
    assert.deepEqual([(await program.run('doctor')).code, (await program.run('doctor', 'file:///etc/passwd')).code], [2, 2]);
  });
});

describe('bavini check', () => {
  it('says what it cannot check', async () => {
    for (const [args, code, text] of [
      [['check'], 2, 'check: name a page or a folder'],
      [['check', 'nowhere'], 1, 'Cannot check "nowhere": it is not there'],
      [['check', '.', '--reporter', 'tap'], 2, 'check: there is no reporter "tap"'],
    ] as const) {
      const ended = await program.run(...args);
      assert.equal(ended.code, code);
      assert.ok(ended.stderr.startsWith(`bavini: ${text}\n`), ended.stderr);
    }
  });
});
