/** `node:url` for npm's code. */
const { URL } = globalThis;
export { URL };

export function fileURLToPath(url: string | URL): string {
  return decodeURIComponent(new URL(url).pathname);
}

export function pathToFileURL(path: string): URL {
  return new URL(`file://${path.replace(/[%\\\n\r\t?#]/g, encodeURIComponent)}`);
}
