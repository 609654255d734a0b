/** The printable ASCII characters as the root collation of Unicode orders them, which is that of English; both cases of a letter are one. */
const order = ' _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz';
const weights = new Uint8Array(128);
for (const [i, character] of [...order].entries())
  weights[character.charCodeAt(0)] = weights[character.toUpperCase().charCodeAt(0)] = i + 1;

const printableAscii = /^[ -~]*$/;
let others: Intl.Collator | undefined;

/**
 * As `a.localeCompare(b, 'en')`, by which npm sorts. Names of packages, paths and keys are ASCII, as a rule, and need no collator: the first
 * of a thread takes the browser 6 ms to make.
 */
export function compareNames(a: string, b: string): number {
  if (!printableAscii.test(a) || !printableAscii.test(b)) return (others ??= new Intl.Collator('en')).compare(a, b);
  // Small letters come first, but only where nothing else tells two names apart.
  let byCase = 0;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (one === other) continue;
    const difference = (weights[one] as number) - (weights[other] as number);
    if (difference !== 0) return Math.sign(difference);
    byCase ||= Math.sign(other - one);
  }
  return Math.sign(a.length - b.length) || byCase;
}
