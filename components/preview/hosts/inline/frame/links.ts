/** Links and forms: what the document does not handle itself goes to the page as a navigation. */
import { isServerUrl, type PageLocation } from './page-location.ts';
import type { Navigator } from './history.ts';

type Submitter = HTMLButtonElement | HTMLInputElement;

export function installLinks(navigator: Navigator, location: PageLocation): void {
  const onClick = (event: MouseEvent) => {
    if (event.defaultPrevented || (event.button !== 0 && event.button !== 1)) return;
    const link = event
      .composedPath()
      .find(
        (one) =>
          one instanceof Element && /^(?:a|area)$/i.test(one.localName) && (one.hasAttribute('href') || one.hasAttribute('xlink:href')),
      );
    if (!(link instanceof Element)) return;
    const text = link.getAttribute('href') ?? link.getAttribute('xlink:href') ?? '';
    const url = location.resolve(text);
    if (url === undefined || url.protocol === 'javascript:' || url.protocol === 'blob:' || url.protocol === 'data:') return;
    if (!isServerUrl(url)) {
      // Not the frame's to show: the browser opens it in a tab of its own.
      link.setAttribute('target', '_blank');
      link.setAttribute('rel', `${link.getAttribute('rel') ?? ''} noopener`.trim());
      return;
    }
    event.preventDefault();
    if (link.hasAttribute('ping')) sendPing(link, location);
    navigator.go(url, { download: link.hasAttribute('download') ? link.getAttribute('download') : null });
  };
  window.addEventListener('click', onClick);
  window.addEventListener('auxclick', onClick);

  window.addEventListener('submit', (event) => {
    if (event.defaultPrevented || !(event.target instanceof HTMLFormElement)) return;
    if (submit(event.target, event.submitter as Submitter | null, navigator, location)) event.preventDefault();
  });
  HTMLFormElement.prototype.submit = function (this: HTMLFormElement) {
    submit(this, null, navigator, location);
  };
}

function sendPing(link: Element, location: PageLocation): void {
  for (const text of (link.getAttribute('ping') ?? '').split(/\s+/)) {
    const url = location.serverUrl(text);
    if (url !== undefined)
      void fetch(url, { method: 'POST', headers: { 'Content-Type': 'text/ping' }, body: 'PING' }).catch(() => undefined); // Pings fail in silence.
  }
}

/** True if it was ours to send. */
function submit(form: HTMLFormElement, submitter: Submitter | null, navigator: Navigator, location: PageLocation): boolean {
  // Attributes, as a control may be named `action` or `method`.
  const read = (name: string) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name);
  const method = (read('method') ?? 'get').toLowerCase();
  if (method === 'dialog') return false;
  const action = read('action') ?? '';
  const url = action === '' ? location.url : location.resolve(action);
  if (url === undefined || !isServerUrl(url)) return false;
  const data = new FormData(form, submitter);
  const pairs = [...data].map(
    ([name, value]) => [normalise(name), typeof value === 'string' ? normalise(value) : value.name] as [string, string],
  );
  if (method !== 'post') {
    url.search = new URLSearchParams(pairs).toString();
    navigator.go(url);
    return true;
  }
  const type = (read('enctype') ?? '').toLowerCase();
  if (type === 'multipart/form-data') {
    const encoded = new Response(data);
    const contentType = encoded.headers.get('content-type') ?? type;
    void encoded.arrayBuffer().then((buffer) => navigator.go(url, { method: 'POST', contentType, body: new Uint8Array(buffer) }));
    return true;
  }
  const text =
    type === 'text/plain' ? pairs.map(([name, value]) => `${name}=${value}\r\n`).join('') : new URLSearchParams(pairs).toString();
  const contentType = type === 'text/plain' ? type : 'application/x-www-form-urlencoded';
  navigator.go(url, { method: 'POST', contentType, body: new TextEncoder().encode(text) });
  return true;
}

function normalise(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}
