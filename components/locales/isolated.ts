/** Keeps a name in Latin letters in its own direction within a text that runs from right to left. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
