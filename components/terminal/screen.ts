/** xterm.js, behind the few calls that the element makes. A chunk of its own. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { ITheme } from '@xterm/xterm';
import type { Container } from '../../runtime/index.ts';
import type { Theme } from '../shared/theme-controller.ts';
import { KeyRow } from './key-row.ts';
import { strictDocument } from './strict-document.ts';
import { TerminalSession } from './terminal-session.ts';
import { xtermStyles } from './xterm.styles.ts';

export interface ScreenOptions {
  readonly parent: HTMLElement;
  readonly label: string;
  readonly theme: Theme;
  readonly readonly: boolean;
  readonly screenReader: boolean;
  /** What the reader typed or pasted, as a terminal sends it. */
  readonly onInput: (text: string) => void;
  readonly onResize: (size: { readonly cols: number; readonly rows: number }) => void;
}

/** ANSI colours, each with a contrast of at least 4.5 on the background. */
const palettes: Readonly<Record<Theme, ITheme>> = {
  light: {
    black: '#1b1d22',
    red: '#a50e0e',
    green: '#0b6b35',
    yellow: '#7a4f00',
    blue: '#0b4fb3',
    magenta: '#8a1a8f',
    cyan: '#00626e',
    white: '#565c69',
    brightBlack: '#565c69',
    brightRed: '#b3261e',
    brightGreen: '#0a7038',
    brightYellow: '#805300',
    brightBlue: '#0b57d0',
    brightMagenta: '#9a25a0',
    brightCyan: '#006a77',
    brightWhite: '#3c414b',
  },
  dark: {
    black: '#8b93a1',
    red: '#ff9d97',
    green: '#9fd6a0',
    yellow: '#f4c67f',
    blue: '#93bcfb',
    magenta: '#d9a0ee',
    cyan: '#83d3de',
    white: '#d5d8de',
    brightBlack: '#a4abb8',
    brightRed: '#ffb4ae',
    brightGreen: '#b5e6b6',
    brightYellow: '#ffdca3',
    brightBlue: '#b3d0ff',
    brightMagenta: '#ebc2fa',
    brightCyan: '#a9e8f0',
    brightWhite: '#ffffff',
  },
};

/** Once for each root. */
function adoptStyles(root: Node): void {
  const sheet = xtermStyles.styleSheet;
  if (sheet === undefined || !(root instanceof ShadowRoot) || root.adoptedStyleSheets.includes(sheet)) return;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/** What `name` is where the terminal stands, as a colour that xterm reads. */
function colourOf(parent: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  // Else every colour is that of text where the reader chose the colours; the names stand for those there.
  probe.style.setProperty('forced-color-adjust', 'none');
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const escapeFirstMs = 2000;

/**
 * To the alternate screen and back: xterm.js shows no cursor before its first focus, or that. A prompt without one does not look
 * as if it could be typed at.
 */
const showCursor = '\x1b[?47h\x1b[?47l';

/** A terminal's screen and keyboard. The caller owns it: `dispose()`. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #parent: HTMLElement;
  readonly #observer: ResizeObserver;
  readonly #keys: KeyRow;
  readonly #releaseStyles: () => void;
  #escapedAt = -Infinity;

  constructor(options: ScreenOptions) {
    const { parent } = options;
    this.#parent = parent;
    adoptStyles(parent.getRootNode());
    const style = getComputedStyle(parent);
    const { document, release } = strictDocument(parent.ownerDocument, parent.getRootNode() as Document | ShadowRoot);
    this.#releaseStyles = release;
    this.#terminal = new Terminal({
      documentOverride: document,
      fontFamily: style.getPropertyValue('--_code-font').trim() || 'monospace',
      fontSize: Number.parseFloat(style.fontSize) || 14,
      lineHeight: 1.25,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      smoothScrollDuration: 0,
      disableStdin: options.readonly,
      screenReaderMode: options.screenReader,
      scrollback: 5000,
      // Programs of a terminal that is read in an article are not full of old escape codes; Option is for typing.
      macOptionIsMeta: false,
      linkHandler: { activate: (_event, text) => void window.open(text, '_blank', 'noopener') },
    });
    this.#keys = new KeyRow({
      type: (text) => this.#terminal.input(text),
      isApplication: () => this.#terminal.modes.applicationCursorKeysMode,
    });
    parent.after(this.#keys.element);
    this.setReadonly(options.readonly);
    this.setTheme(options.theme);
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.attachCustomKeyEventHandler((event) => this.#wants(event));
    this.#terminal.open(parent);
    this.#terminal.write(showCursor);
    this.setLabel(options.label);
    this.#terminal.onData((text) => options.onInput(this.#keys.take(text)));
    this.#terminal.onBinary(options.onInput);
    this.#terminal.onResize(options.onResize);
    this.#observer = new ResizeObserver(() => this.#refit());
    this.#observer.observe(parent);
    this.#refit();
  }

  /**
   * A shell on this screen, with `command` typed at its first prompt, until `signal` ends it.
   *
   * @throws as `TerminalSession.start()`.
   */
  startSession(container: Container, command: string, signal: AbortSignal): Promise<TerminalSession> {
    const write = (text: string) => (signal.aborted ? Promise.resolve() : this.write(text));
    return TerminalSession.start(container, { command, size: this.size, write, signal });
  }

  get size(): { readonly cols: number; readonly rows: number } {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** All text on the screen and above it, a line each. */
  get text(): string {
    const { active } = this.#terminal.buffer;
    const lines: string[] = [];
    for (let row = 0; row < active.length; row++) {
      const line = active.getLine(row);
      if (line?.isWrapped === true) lines.push((lines.pop() ?? '') + line.translateToString(true));
      else lines.push(line?.translateToString(true) ?? '');
    }
    return lines.join('\n').trimEnd();
  }

  /** Resolves when it was taken in: who waits for it never floods the screen. */
  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  clear(): void {
    this.#terminal.clear();
  }

  /** As it was when it was new. */
  reset(): void {
    this.#terminal.reset();
    this.#terminal.write('\x1b[?25h'); // A cursor that was hidden stays so over a reset.
  }

  focus(): void {
    this.#terminal.focus();
  }

  setReadonly(readonly: boolean): void {
    this.#terminal.options.disableStdin = readonly;
    this.#keys.element.hidden = readonly;
  }

  setLabel(label: string): void {
    this.#terminal.textarea?.setAttribute('aria-label', label);
    this.#keys.say();
  }

  setTheme(theme: Theme): void {
    this.#terminal.options.minimumContrastRatio = matchMedia('(prefers-contrast: more), (forced-colors: active)').matches ? 7 : 4.5;
    this.#terminal.options.theme = {
      ...palettes[theme],
      background: colourOf(this.#parent, '--_background'),
      foreground: colourOf(this.#parent, '--_text'),
      cursor: colourOf(this.#parent, '--_text'),
      cursorAccent: colourOf(this.#parent, '--_background'),
      selectionBackground: colourOf(this.#parent, '--_selection'),
    };
  }

  dispose(): void {
    this.#observer.disconnect();
    this.#terminal.dispose();
    this.#keys.element.remove();
    this.#releaseStyles();
  }

  #refit(): void {
    // Without a size it is hidden, and its program keeps the size it had.
    if (this.#parent.clientWidth > 0 && this.#parent.clientHeight > 0) this.#fit.fit();
  }

  /** Whether a key is the program's. Escape goes to it too, and lets the Tab that follows leave the terminal. */
  #wants(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown') return true;
    if (event.key === 'Tab') return performance.now() - this.#escapedAt > escapeFirstMs;
    if (event.key === 'Shift') return true;
    this.#escapedAt = event.key === 'Escape' ? performance.now() : -Infinity;
    const copies = (event.ctrlKey && event.shiftKey && event.code === 'KeyC') || (event.ctrlKey && event.code === 'Insert');
    if (copies && this.#terminal.hasSelection()) {
      event.preventDefault(); // Chromium would open its developer tools.
      void navigator.clipboard?.writeText(this.#terminal.getSelection()).catch(() => undefined); // Not allowed: the menu can copy.
      return false;
    }
    // The browser pastes by itself where a key event is left to it.
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyV') return false;
    return true;
  }
}
