/** Colours on terminals: what a manager says is plain text, and its own painter knows its lines. */

/** One line to the same one with colours. */
export type Painter = (line: string) => string;

/** @param code Of `SGR`: `32`, `1;31`. */
export const style = (code: string, text: string) => (text === '' ? '' : `\x1b[${code}m${text}\x1b[0m`);

export const paintLines = (text: string, paint: Painter) => text.split('\n').map(paint).join('\n');

/** Whether a program may colour what goes to a stream, as most of them decide it. */
export function mayColor(isTty: boolean, env: ReadonlyMap<string, string>): boolean {
  const forced = env.get('FORCE_COLOR');
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTty && (env.get('NO_COLOR') ?? '') === '' && env.get('TERM') !== 'dumb';
}
