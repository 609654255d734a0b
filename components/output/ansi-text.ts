/** Text with the escapes of a terminal, as pieces with a look. Nothing here makes markup. */

export interface StyledText {
  readonly text: string;
  /** Names of our styles: `bold`, `fg-red`, `bg-bright-blue`. */
  readonly classes: string;
  /** Colours beyond the 16, which are not ours to choose. */
  readonly colour: string | undefined;
  readonly background: string | undefined;
}

/** All escapes; those that choose a look (`ESC [ … m`) have their numbers in the first group. */
const escapes =
  // eslint-disable-next-line no-control-regex -- these are control characters
  /\x1b(?:\[([\d;:]*)m|\][^\x07\x1b]*(?:\x07|\x1b\\)?|\[[\d:;<=>?]*[ -/]*[@-~]?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~]?)/g;
// eslint-disable-next-line no-control-regex -- as above
const controls = /[\x00-\x08\x0b-\x1f\x7f]/g;

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const decorations: Readonly<Record<number, string>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'strikethrough',
};
/** What ends decorations. */
const ends: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strikethrough'],
};

/** Of xterm's 256 colours: a name for the first 16, CSS for the others. */
function paletteColour(index: number): string {
  if (index < 8) return names[index] ?? '';
  if (index < 16) return `bright-${names[index - 8]}`;
  if (index >= 232)
    return `rgb(${Array(3)
      .fill((index - 232) * 10 + 8)
      .join()})`;
  const step = (level: number) => (level === 0 ? 0 : level * 40 + 55);
  const at = index - 16;
  return `rgb(${[Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(step).join()})`;
}

class Look {
  readonly #decorations = new Set<string>();
  #foreground = '';
  #background = '';

  apply(numbers: string): void {
    const codes = numbers.split(/[;:]/).map(Number);
    for (let at = 0; at < codes.length; at += 1) {
      const code = codes[at] ?? 0;
      if (code === 38 || code === 48) {
        const [colour, used] = beyond16(codes.slice(at + 1));
        if (code === 38) this.#foreground = colour;
        else this.#background = colour;
        at += used;
      } else this.#one(code);
    }
  }

  #one(code: number): void {
    const decoration = decorations[code];
    const digit = code % 10;
    if (code === 0) {
      this.#decorations.clear();
      this.#foreground = this.#background = '';
    } else if (decoration !== undefined) this.#decorations.add(decoration);
    else if (ends[code] !== undefined) for (const ended of ends[code]) this.#decorations.delete(ended);
    else if (code === 39) this.#foreground = '';
    else if (code === 49) this.#background = '';
    else if (digit > 7) return;
    else if (code >= 30 && code < 40) this.#foreground = paletteColour(digit);
    else if (code >= 90 && code < 100) this.#foreground = paletteColour(digit + 8);
    else if (code >= 40 && code < 50) this.#background = paletteColour(digit);
    else if (code >= 100 && code < 110) this.#background = paletteColour(digit + 8);
  }

  of(text: string): StyledText {
    const css = (colour: string) => (colour.startsWith('rgb') ? colour : undefined);
    const named = (ground: string, colour: string) => (colour === '' || css(colour) !== undefined ? [] : [`${ground}-${colour}`]);
    const classes = [...this.#decorations, ...named('fg', this.#foreground), ...named('bg', this.#background)];
    return { text, classes: classes.join(' '), colour: css(this.#foreground), background: css(this.#background) };
  }
}

/** What follows 38 and 48: `5;n` or `2;r;g;b`. With how many numbers it took. */
function beyond16([kind, ...values]: readonly number[]): readonly [colour: string, used: number] {
  const isByte = (value: number | undefined): value is number => Number.isInteger(value) && value! >= 0 && value! <= 255;
  if (kind === 5) return [isByte(values[0]) ? paletteColour(values[0]) : '', 2];
  const rgb = values.slice(0, 3);
  return kind === 2 ? [rgb.length === 3 && rgb.every(isByte) ? `rgb(${rgb.join()})` : '', 4] : ['', 0];
}

export function plainText(text: string): string {
  return text.replace(escapes, '').replace(controls, '');
}

export function styledText(text: string): readonly StyledText[] {
  const pieces: StyledText[] = [];
  const look = new Look();
  const add = (part: string) => {
    const cleaned = part.replace(controls, '');
    if (cleaned !== '') pieces.push(look.of(cleaned));
  };
  let from = 0;
  for (const match of text.matchAll(escapes)) {
    add(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[1] !== undefined) look.apply(match[1]);
  }
  add(text.slice(from));
  return pieces;
}
