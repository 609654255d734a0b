/** A value that a page wrote to its console, as it was then: plain ones as they are, others described. */
export type ConsoleValue = string | number | boolean | null | ConsoleObject;

export interface ConsoleObject {
  /** All of it in one line. */
  readonly text: string;
  /** Its first parts; undefined for what has none, or lies too deep. */
  readonly parts?: readonly (readonly [name: string, value: ConsoleValue])[];
  /** How many parts were left out. */
  readonly more?: number;
}

/** In one line, as a console shows it. Texts are quoted where they are parts of something. */
export function textOf(value: ConsoleValue, quoted = false): string {
  if (typeof value === 'object' && value !== null) return value.text;
  return typeof value === 'string' && quoted ? JSON.stringify(value) : String(value);
}
