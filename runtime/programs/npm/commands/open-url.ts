/** Addresses for the reader's own browser: nothing in a page opens it, so they are printed. */
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';

export function showAddress({ display }: Session, address: string, title: string): void {
  const url = encodeURI(address);
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new Failure(`Invalid URL: ${url}`);
  if (display.json) display.buffer({ title, url });
  else display.output(`${title}:\n${url}`);
}
