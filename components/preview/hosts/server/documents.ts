/** What a server answered to a navigation, as something that can be shown. */
import { BvError } from '../../../../runtime/index.ts';
import type { ClientResponse } from './http-client.ts';

export type Shown =
  | { readonly kind: 'document'; readonly html: string }
  | { readonly kind: 'download'; readonly name: string; readonly blob: Blob }
  /** 204 and 205: what is shown stays. */
  | { readonly kind: 'nothing' };

/** What whoever asks a preview is told while it shows nothing. */
export function noDocument(): BvError {
  return new BvError('ERR_BV_PEER_GONE', 'The preview shows no document');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function decode(bytes: Uint8Array, charset: string | undefined): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes); // A name that no browser knows.
  }
}

/** The encoding of a document: its byte order mark, its header, its `<meta>`, in this order. */
function charsetOf(contentType: string, bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  const fromHeader = /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1];
  if (fromHeader !== undefined) return fromHeader;
  let head = '';
  for (const byte of bytes.subarray(0, 1024)) head += String.fromCharCode(byte);
  return /<meta[^>]+charset\s*=\s*["']?([^\s"'/>;]+)/i.exec(head)?.[1];
}

function fileName(disposition: string, url: URL): string {
  const extended = /filename\*\s*=\s*utf-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(disposition);
  let name = plain?.[1] ?? plain?.[2] ?? url.pathname.split('/').at(-1) ?? '';
  try {
    name = extended === undefined ? name : decodeURIComponent(extended);
  } catch {
    // Badly escaped: the plain name counts.
  }
  return name.replace(/[\\/]/g, '_') || 'download';
}

/** Reads the body. `download` is the name a link asked for, the empty string for the server's choice, or null. */
export async function shownOf({ response, url }: ClientResponse, download: string | null): Promise<Shown> {
  if (response.status === 204 || response.status === 205) return { kind: 'nothing' };
  const contentType = response.headers.get('content-type') ?? '';
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  const disposition = response.headers.get('content-disposition') ?? '';
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isDownload = download !== null || /^\s*attachment/i.test(disposition);
  const title = escapeHtml(url.pathname);
  if (!isDownload) {
    if (type === 'text/html' || type === 'application/xhtml+xml')
      return { kind: 'document', html: decode(bytes, charsetOf(contentType, bytes)) };
    if (type === '' && /^\s*<(?:!doctype|html|head|body|h1|div|p|!--|script)/i.test(decode(bytes.subarray(0, 512), 'utf-8'))) {
      return { kind: 'document', html: decode(bytes, charsetOf('', bytes)) };
    }
    if (type === '' || type.startsWith('text/') || /^application\/(?:.*\+)?(?:json|xml|javascript)$/.test(type)) {
      const text = escapeHtml(decode(bytes, charsetOf(contentType, bytes)));
      // Without a style, which a policy of the page may forbid: the attribute breaks long lines.
      const colours = '<meta name="color-scheme" content="light dark">';
      return { kind: 'document', html: `<!doctype html><title>${title}</title>${colours}<pre wrap>${text}</pre>` };
    }
    const media = /^(image|video|audio)\//.exec(type)?.[1];
    if (media !== undefined) {
      const style = '<style>body{margin:0;display:grid;place-items:center;min-height:100vh}img,video{max-width:100%}</style>';
      const source = escapeHtml(url.href);
      const element = media === 'image' ? `<img src="${source}" alt="">` : `<${media} src="${source}" controls></${media}>`;
      return { kind: 'document', html: `<!doctype html><title>${title}</title>${style}${element}` };
    }
  }
  return { kind: 'download', name: download || fileName(disposition, url), blob: new Blob([bytes], { type: 'application/octet-stream' }) };
}

/** Hands a file to the reader. */
export function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then; the event that would say so does not exist.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
