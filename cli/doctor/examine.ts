/** What keeps a page from running live code, as far as its answers tell. */
import { allowsAddress, allowsInline, allowsNonce, allowsWord, policiesOf, type Policy } from './policy.ts';

export interface Finding {
  /** `problem`: something does not work. `note`: something works in another way than it might. */
  readonly kind: 'problem' | 'note' | 'ok';
  readonly text: string;
  /** How to mend it. */
  readonly mend?: string;
}

/** What a page asks for when code is run. */
const assets = ['index.js', 'kernel.js', 'shared.js', 'process-node.js', 'node-library.tar.gz'];
/** And where the browser's own engine is forbidden. */
const quickjsAssets = ['process-quickjs.js', 'quickjs.wasm', 'quickjs-program.js', 'quickjs-shared.js'];

const scriptTypes = /^(text|application)\/(x-)?(javascript|ecmascript)\b/i;

interface ScriptTag {
  readonly src: string;
  readonly module: boolean;
  readonly nonce: string | undefined;
}

const attribute = (tag: string, name: string) => {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
  return found === null ? undefined : (found[1] ?? found[2] ?? found[3] ?? '').replaceAll('&amp;', '&');
};

function scriptOf(html: string): ScriptTag | undefined {
  const tags = [...html.replaceAll(/<!--[\s\S]*?-->/g, '').matchAll(/<script\b[^>]*>/gi)].map(([tag]) => tag);
  const tag = tags.find((one) => /\bbavini\b/.test(attribute(one, 'src') ?? ''));
  if (tag === undefined) return undefined;
  return { src: attribute(tag, 'src') ?? '', module: attribute(tag, 'type') === 'module', nonce: attribute(tag, 'nonce') };
}

/** What elements load by their `src`. */
function sourcesOf(html: string): string[] {
  const tags = [...html.replaceAll(/<!--[\s\S]*?-->/g, '').matchAll(/<bv-(?:container|lesson)\b[^>]*>/gi)].map(([tag]) => tag);
  return [...new Set(tags.map((tag) => attribute(tag, 'src') ?? ''))].filter((src) => src !== '');
}

function policiesIn(html: string, header: string | null): Policy[] {
  const metas = [...html.matchAll(/<meta\b[^>]*>/gi)]
    .filter(([tag]) => attribute(tag, 'http-equiv')?.toLowerCase() === 'content-security-policy')
    .map(([tag]) => attribute(tag, 'content') ?? '');
  return [header ?? '', ...metas].flatMap(policiesOf);
}

async function get(url: URL, page: URL): Promise<Response | Error> {
  try {
    return await fetch(url, { headers: url.origin === page.origin ? {} : { origin: page.origin } });
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    return cause instanceof Error ? cause : (error as Error);
  }
}

/** How many files are named that something is wrong with in the same way, beside the first. */
const named = 5;

/** What is wrong with a file. */
interface FileFinding {
  readonly url: URL;
  readonly what: string;
  readonly mend: string;
}

/** What is wrong with many files in the same way is said once. */
function together(found: readonly FileFinding[]): Finding[] {
  const same = new Map<string, FileFinding[]>();
  for (const finding of found) {
    const key = `${finding.what}\n${finding.mend}`;
    same.set(key, [...(same.get(key) ?? []), finding]);
  }
  return [...same.values()].map(([first, ...others]) => {
    const { url, what, mend } = first!;
    const names = others.slice(0, named).map((other) => other.url.pathname.split('/').at(-1));
    const more = others.length > named ? `, and ${others.length - named} more` : '';
    return { kind: 'problem', text: `${url.href} ${what}${names.length === 0 ? '' : ` (also ${names.join(', ')}${more})`}`, mend };
  });
}

const wholeFolder = 'Copy the whole folder dist of the package, with its folder chunks: the scripts find each other by their names';
const rightSource = 'Look at the src of the element, and put the file there';

/** One file: there, of the right type, and for this page. `mend` is for one that is missing. */
async function examineFile(url: URL, page: URL, mend = wholeFolder): Promise<{ readonly findings: FileFinding[]; readonly text: string }> {
  const answer = await get(url, page);
  if (answer instanceof Error)
    return { findings: [{ url, what: `cannot be fetched: ${answer.message}`, mend: 'Look at the address and at the server' }], text: '' };
  const findings: FileFinding[] = [];
  const isScript = url.pathname.endsWith('.js');
  const text = isScript ? await answer.text() : '';
  if (!isScript) await answer.body?.cancel();
  if (!answer.ok) return { findings: [{ url, what: `is not there: the server answers ${answer.status}`, mend }], text: '' };
  const type = answer.headers.get('content-type') ?? '';
  if (isScript && !scriptTypes.test(type))
    findings.push({
      url,
      what: `comes as "${type || 'no type'}", which browsers do not run`,
      mend: 'Serve .js files with Content-Type: text/javascript',
    });
  if (url.origin !== page.origin) {
    const allowed = answer.headers.get('access-control-allow-origin');
    if (allowed !== '*' && allowed !== page.origin)
      findings.push({
        url,
        what: `may not be used by pages of ${page.origin}: ${allowed === null ? 'it has no Access-Control-Allow-Origin' : `it allows ${allowed}`}`,
        mend: `Serve it with Access-Control-Allow-Origin: ${page.origin}, or *`,
      });
  }
  return { findings, text };
}

/** Whether programs run on the browser's own engine. */
function allowsOwnEngine(policy: Policy): boolean {
  const blobs = allowsWord(policy, 'script-src', 'blob:') && allowsWord(policy, 'worker-src', 'blob:');
  return blobs && allowsWord(policy, 'script-src', "'unsafe-eval'") && allowsInline(policy);
}

function examinePolicy(policy: Policy, script: ScriptTag, address: URL, page: URL): Finding[] {
  const findings: Finding[] = [];
  const host = address.origin === page.origin ? "'self'" : address.origin;
  const missing = (directive: string, source: string, effect: string, kind: Finding['kind'] = 'problem') =>
    findings.push({ kind, text: `The Content Security Policy ${effect}`, mend: `Add ${source} to ${directive}` });
  if (!allowsAddress(policy, 'script-src', address, page)) {
    const first = allowsNonce(policy, script.nonce);
    if (!first || !allowsWord(policy, 'script-src', "'strict-dynamic'"))
      missing('script-src', host, `blocks the script of the elements${first ? "'s chunks" : ''}`);
  }
  if (!allowsAddress(policy, 'connect-src', new URL('node-library.tar.gz', address), page))
    missing('connect-src', host, 'blocks the files that the runtime fetches');
  const workers =
    address.origin === page.origin ? allowsAddress(policy, 'worker-src', address, page) : allowsWord(policy, 'worker-src', 'blob:');
  if (!workers) missing('worker-src', address.origin === page.origin ? "'self'" : 'blob:', 'blocks the worker of the runtime');
  if (!allowsOwnEngine(policy)) {
    if (!allowsWord(policy, 'script-src', "'wasm-unsafe-eval'"))
      missing('script-src', "'wasm-unsafe-eval'", 'forbids both engines: nothing can run');
    else
      missing(
        'script-src',
        "'unsafe-eval' 'unsafe-inline' blob: (and blob: to worker-src)",
        "forbids the browser's own engine: programs run on QuickJS, which is slower; inline previews do not run scripts",
        'note',
      );
  } else if (!allowsWord(policy, 'frame-src', 'blob:')) missing('frame-src', 'blob:', 'keeps programs in the process of the page', 'note');
  if (policy.has('require-trusted-types-for')) {
    const names = policy.get('trusted-types') ?? [];
    for (const name of policy.has('trusted-types') && !names.includes('*') ? ['bavini', 'bavini-elements'] : [])
      if (!names.includes(name)) missing('trusted-types', name, `forbids the Trusted Types policy "${name}"`);
  }
  return findings;
}

/** Looks at the page at `url` and at what it needs. The findings, problems first. */
export async function examine(url: URL): Promise<Finding[]> {
  const answer = await get(url, url);
  if (answer instanceof Error) return [{ kind: 'problem', text: `${url.href} cannot be fetched: ${answer.message}` }];
  if (!answer.ok) return [{ kind: 'problem', text: `${url.href} is not there: the server answers ${answer.status}` }];
  const page = new URL(answer.url);
  const html = await answer.text();
  const script = scriptOf(html);
  if (script === undefined)
    return [{ kind: 'problem', text: 'The page has no script of bavini', mend: '<script type="module" src="…/bavini.js"></script>' }];
  const findings: Finding[] = [];
  if (!script.module)
    findings.push({ kind: 'problem', text: `The script tag of ${script.src} is no module`, mend: 'Write type="module" into it' });
  if (page.protocol === 'http:' && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(page.hostname))
    findings.push({
      kind: 'note',
      text: 'The page comes over http: browsers keep storage and service workers from it',
      mend: 'Serve it over https',
    });
  const base = attribute(/<base\b[^>]*>/i.exec(html)?.[0] ?? '', 'href');
  const from = base === undefined ? page : new URL(base, page);
  const address = new URL(script.src, from);
  const entry = await examineFile(address, page);
  const files = [...entry.findings];
  const policies = policiesIn(html, answer.headers.get('content-security-policy'));
  const needed = [...assets, ...(policies.every(allowsOwnEngine) ? [] : quickjsAssets)];
  const chunks = [...new Set([...entry.text.matchAll(/["'](\.\/chunks\/[\w.-]+\.js)["']/g)].map(([, path]) => path as string))];
  // A script that is bundled with others has its parts somewhere else.
  if (/\/bavini\.js$/.test(address.pathname) && entry.text !== '')
    for (const name of [...chunks, ...needed]) files.push(...(await examineFile(new URL(name, address), page)).findings);
  for (const src of sourcesOf(html)) {
    if (!URL.canParse(src, from)) files.push({ url: page, what: `names ${JSON.stringify(src)}, which is no address`, mend: rightSource });
    else files.push(...(await examineFile(new URL(src, from), page, rightSource)).findings);
  }
  findings.push(...together(files));
  for (const policy of policies) findings.push(...examinePolicy(policy, script, address, page));
  if (findings.every(({ kind }) => kind !== 'problem')) findings.push({ kind: 'ok', text: `${page.href} has what live code needs` });
  const order = ['problem', 'note', 'ok'];
  return findings.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}
