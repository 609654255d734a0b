/** The keys that the keyboards of phones have not, under the screen where the pointer is a finger. */
import { tabFor } from '../shared/tab-keys.ts';
import { terminalStrings } from './terminal-strings.ts';

/** What a key is for. Those of `arrows` depend on what the program asked for. */
type KeyName = 'escape' | 'tab' | 'control' | 'interrupt' | 'up' | 'down' | 'left' | 'right' | 'pipe' | 'tilde' | 'slash' | 'hyphen';

/** In the order of the row. What is undefined is printed in the reader's language. */
const keys: Readonly<Record<KeyName, string | undefined>> = {
  escape: undefined,
  tab: undefined,
  control: undefined,
  interrupt: '^C',
  left: '←',
  up: '↑',
  down: '↓',
  right: '→',
  pipe: '|',
  tilde: '~',
  slash: '/',
  hyphen: '-',
};

const arrows: Readonly<Partial<Record<KeyName, string>>> = { up: 'A', down: 'B', right: 'C', left: 'D' };
const sent: Readonly<Partial<Record<KeyName, string>>> = { escape: '\x1b', tab: '\t', interrupt: '\x03' };

export interface KeyRowOptions {
  /** Takes what a key sends, as if it was typed. */
  readonly type: (text: string) => void;
  /** Whether the program asked for the arrows of an application. */
  readonly isApplication: () => boolean;
}

/** What Control makes of a typed character: `c` becomes the one that interrupts. Others stay as they are. */
export function controlled(text: string): string {
  if (text === ' ') return '\0';
  if (text === '?') return '\x7f';
  return /^[@-_a-z]$/.test(text) ? String.fromCharCode(text.charCodeAt(0) & 0x1f) : text;
}

/**
 * A toolbar: one stop of Tab, arrows go on. A key that is pressed with a finger leaves the focus where it is, so that the
 * keyboard of the phone stays as it is.
 */
export class KeyRow {
  readonly element = document.createElement('div');
  readonly #buttons = new Map<KeyName, HTMLButtonElement>();
  readonly #options: KeyRowOptions;

  constructor(options: KeyRowOptions) {
    this.#options = options;
    this.element.className = 'keys';
    this.element.role = 'toolbar';
    for (const name of Object.keys(keys) as KeyName[]) {
      const button = document.createElement('button');
      button.type = 'button';
      button.tabIndex = this.#buttons.size === 0 ? 0 : -1;
      button.addEventListener('click', () => this.#press(name));
      this.#buttons.set(name, button);
      this.element.append(button);
    }
    this.element.addEventListener('mousedown', (event) => event.preventDefault()); // Which would move the focus.
    this.element.addEventListener('keydown', (event) => this.#move(event));
    this.#hold(false);
  }

  /** In the language that is spoken now. */
  say(): void {
    this.element.ariaLabel = terminalStrings.keys;
    for (const [name, button] of this.#buttons) {
      const printed = keys[name];
      button.textContent = printed ?? terminalStrings[name];
      if (printed === undefined) continue;
      // What is read aloud has the letters that are seen; signs have names.
      if (/\w/.test(printed)) button.title = terminalStrings[name];
      else button.ariaLabel = terminalStrings[name];
    }
  }

  /** What goes to the program for what was typed: with Control, if that is held, which is let go by it. */
  take(text: string): string {
    if (!this.#held || text.length !== 1) return text;
    this.#hold(false);
    return controlled(text);
  }

  get #held(): boolean {
    return this.#buttons.get('control')!.ariaPressed === 'true';
  }

  #hold(held: boolean): void {
    this.#buttons.get('control')!.ariaPressed = String(held);
  }

  #press(name: KeyName): void {
    if (name === 'control') {
      this.#hold(!this.#held);
      return;
    }
    const arrow = arrows[name];
    if (arrow === undefined) {
      this.#options.type(sent[name] ?? keys[name]!);
      return;
    }
    const controls = this.#held;
    this.#hold(false);
    this.#options.type(controls ? `\x1b[1;5${arrow}` : this.#options.isApplication() ? `\x1bO${arrow}` : `\x1b[${arrow}`);
  }

  #move(event: KeyboardEvent): void {
    const buttons = [...this.#buttons.values()];
    const next = tabFor(event, buttons, buttons.indexOf(event.target as HTMLButtonElement));
    if (next === undefined) return;
    event.preventDefault();
    buttons.forEach((button, index) => (button.tabIndex = index === next ? 0 : -1));
  }
}
