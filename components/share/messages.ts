/** What a page that frames this one may ask of a container, by `postMessage`. The protocol is in this folder's README. */
import type { ContainerHost } from '../shared/container-controller.ts';
import { codeOf, messageOf } from '../shared/element-error.ts';
import { filePath } from '../container/author-files.ts';
import { projectFiles } from './project-files.ts';

type Request = Readonly<Record<string, unknown>>;

/** Of what is set at once. */
const maxBytes = 5_000_000;

function pathsOf(given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || !given.every((path): path is string => typeof path === 'string'))
    throw new TypeError('"paths" must be a list of paths');
  return given.map(filePath);
}

function textsOf(given: unknown): ReadonlyMap<string, string | null> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError('"files" must be an object of paths and texts');
  let left = maxBytes;
  return new Map(
    Object.entries(given).map(([path, text]: [string, unknown]) => {
      if (text !== null && typeof text !== 'string') throw new TypeError(`${JSON.stringify(path)} must be a text, or null to delete it`);
      left -= text?.length ?? 0;
      if (left < 0) throw new RangeError(`The files have more than ${maxBytes / 1e6} MB`);
      return [filePath(path), text];
    }),
  );
}

const operations: Readonly<Record<string, (host: ContainerHost, request: Request) => unknown>> = {
  'bavini:state': (host) => ({ state: host.state, ports: host.container?.openPorts ?? [] }),
  'bavini:run': (host) => host.run(),
  'bavini:stop': (host) => host.stop(),
  'bavini:reset': (host) => host.reset(),
  'bavini:files:get': async (host, { paths }) => {
    const wanted = pathsOf(paths);
    const files = await projectFiles(host);
    const texts = [...files].filter(([path, contents]) => typeof contents === 'string' && (wanted === undefined || wanted.includes(path)));
    return { files: Object.fromEntries(texts) };
  },
  'bavini:files:set': async (host, { files }) => {
    for (const [path, text] of textsOf(files)) await host.files.replace(path, text);
  },
};

/** Told to those who asked for events. */
function describe(host: ContainerHost, event: Event): Request {
  const { type } = event;
  const fields = event as unknown as Request;
  switch (type) {
    case 'bv-state':
      return { event: 'state', state: host.state, ports: host.container?.openPorts ?? [] };
    case 'bv-change':
      return { event: 'change', file: fields['file'], value: fields['value'] };
    case 'bv-console':
      return { event: 'console', level: fields['level'], args: fields['args'] };
    default:
      return { event: 'error', message: fields['message'], code: fields['code'] };
  }
}

const told = ['bv-state', 'bv-change', 'bv-console', 'bv-error'];

interface Listener {
  readonly window: WindowProxy;
  readonly origin: string;
}

/**
 * Answers pages of these origins until `signal`. Others get no answer, not even a refusal: nobody learns that a container is here.
 *
 * @param origins Whole origins, such as `https://docs.example`.
 */
export function answerMessages(host: ContainerHost, origins: readonly string[], signal: AbortSignal): void {
  const allowed = new Set(origins.filter((origin) => URL.canParse(origin) && new URL(origin).origin === origin));
  const listeners: Listener[] = [];
  const post = ({ window: to, origin }: Listener, message: Request) => to.postMessage({ ...message, container: host.id }, origin);

  const answer = async (event: MessageEvent<unknown>) => {
    const { data, origin, source } = event;
    if (!allowed.has(origin) || source === null || !('window' in source) || typeof data !== 'object' || data === null) return;
    const request = data as Request;
    const { type, id, container } = request;
    if (typeof type !== 'string' || !type.startsWith('bavini:') || type === 'bavini:reply' || type === 'bavini:event') return;
    if (container !== undefined && container !== '' && container !== host.id) return; // For another container of this page.
    const asker = { window: source, origin };
    const reply = (message: Request) => post(asker, { type: 'bavini:reply', id, ...message });
    try {
      if (type === 'bavini:events') {
        if (!listeners.some((one) => one.window === source && one.origin === origin)) listeners.push(asker);
        reply({ ok: true, result: null });
        return;
      }
      const operation = Object.hasOwn(operations, type) ? operations[type] : undefined;
      if (operation === undefined) throw new TypeError(`There is no request ${JSON.stringify(type.slice(0, 100))}`);
      reply({ ok: true, result: (await operation(host, request)) ?? null });
    } catch (error) {
      reply({ ok: false, error: { message: messageOf(error), code: codeOf(error) ?? null } });
    }
  };

  const tell = (event: Event) => listeners.forEach((one) => post(one, { type: 'bavini:event', ...describe(host, event) }));
  window.addEventListener('message', (event) => void answer(event), { signal });
  // The ports belong to the state: whoever waits for a server learns it by them.
  const followPorts = () => void host.container?.on('port', () => signal.aborted || tell(new Event('bv-state')));
  host.addEventListener('bv-ready', followPorts, { signal });
  followPorts();
  for (const type of told) host.addEventListener(type, tell, { signal });
  if (window.parent === window) return;
  // Where the browser tells who frames the page, the others need not be tried.
  const parent = (location as Partial<Location>).ancestorOrigins?.[0];
  for (const origin of allowed)
    if (parent === undefined || parent === origin) post({ window: window.parent, origin }, { type: 'bavini:ready' });
}
