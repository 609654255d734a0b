/** The lines that move while a manager works, in the form that they have whatever the machine: numbers, names and dots are all the same. */

export const movingPackages = Array.from('abcdefgh', (letter) => ({ name: `package-${letter}`, version: '1.0.0' }));
export const movingColumns = 100;

/** One form each, sorted. */
export function movingLines(written: string): string[] {
  const texts = written
    .replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[\d;]*m/g, '')
    .split(/\x1b\[[\d;?]*[A-Za-z]|[\r\n]+/)
    .map(formOf);
  return [...new Set(texts)].filter((text) => /⠿|^\[-+\] |^Progress|🔍|🚚|🔒/u.test(text)).sort();
}

export function formOf(line: string): string {
  return line
    .trim()
    .replace(/package-[a-h](?:@(?:npm:|workspace:)?[\^.\d]+)?/g, 'PACKAGE')
    .replace(/YN\d+/, 'YN')
    .replace(/[\u2801-\u28ff]/, '⠿')
    .replace(/[#=](?=[#=-]*)/g, '-')
    .replace(/\d+/g, '0');
}
