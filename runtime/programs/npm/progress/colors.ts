/** The few colours that npm uses, or none. */
const codes = {
  reset: [0, 0],
  bold: [1, 22],
  dim: [2, 22],
  underline: [4, 24],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  gray: [90, 39],
  blueBright: [94, 39],
  magentaBright: [95, 39],
  cyanBright: [96, 39],
} as const;

export type Color = keyof typeof codes;
export type Colors = Readonly<Record<Color, (text: string) => string>>;

export function colors(on: boolean): Colors {
  return Object.fromEntries(
    Object.entries(codes).map(([name, [open, close]]) => [
      name,
      on
        ? (text: string) =>
            // A colour inside ends this one too: begin again behind it.
            text === '' ? '' : `\x1b[${open}m${text.replaceAll(`\x1b[${close}m`, `\x1b[${close}m\x1b[${open}m`)}\x1b[${close}m`
        : (text: string) => text,
    ]),
  ) as unknown as Colors;
}
