import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ContainerController } from '../shared/container-controller.ts';
import type { ContainerHost } from '../shared/container-controller.ts';
import { shownMessageOf } from '../shared/error-strings.ts';
import { BvErrorEvent, BvTerminalExitEvent, BvTerminalStartEvent } from '../shared/events.ts';
import { loadPart } from '../shared/load-part.ts';
import { panel } from '../shared/panel.styles.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { saidBy } from '../shared/language.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import type { Screen } from './screen.ts';
import type { TerminalSession } from './terminal-session.ts';
import { styles } from './terminal.styles.ts';

/**
 * A terminal with a shell, in which `command` is started when the container runs.
 *
 * Ctrl-C ends the command and gives a prompt. When the shell ends, Enter starts it again. While it has the focus, keys go
 * to the program, Tab too; Escape, then Tab leaves it. Ctrl-Shift-C copies what is selected, Ctrl-Shift-V pastes.
 *
 * @tag bv-terminal
 * @cssprop --bv-terminal-block-size - Its height. Default 16rem.
 * @fires bv-terminal-start - The shell runs.
 * @fires bv-terminal-exit - The shell ended by itself.
 * @fires bv-error - The shell could not be started, or the terminal not be loaded.
 */
export class BvTerminal extends LitElement {
  static override styles = [tokens, panel, styles];

  /** A line of shell, run at the first prompt. Default: none, a plain prompt. */
  @property() command = '';
  /** The id of a container elsewhere in the page. Default: the container around the element. */
  @property() for = '';
  /** Shows output without taking input. */
  @property({ type: Boolean }) readonly = false;
  /** Names the terminal for screen readers. Default: by the command. */
  @property({ reflect: true, useDefault: true }) label = '';
  /** Mirrors the screen as text for screen readers, at some cost for programs that print much. */
  @property({ type: Boolean, attribute: 'screen-reader' }) screenReader = false;

  @state() private started = false;
  /** Something runs or ran: until then the screen, which may be there for a container that booted without Run, is unseen. */
  @state() private begun = false;
  @state() private problem = '';
  @query('.screen') private parent!: HTMLElement;

  #screen: Screen | undefined;
  #loading: Promise<Screen> | undefined;
  #session: TerminalSession | undefined;
  #running: AbortController | undefined;
  #runCount = 0;
  #ended = false;
  readonly #container = new ContainerController(this, (host) => this.#follow(host));
  readonly #theme = new ThemeController(this, this.attachInternals());

  /** All text on the screen and above it. */
  get text(): string {
    return this.#screen?.text ?? '';
  }

  constructor() {
    super();
    new PresenceController(this, () => {
      this.#end();
      this.#screen?.dispose();
      this.#screen = undefined;
      this.#loading = undefined;
      this.started = this.begun = false;
    });
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('readonly')) this.#screen?.setReadonly(this.readonly);
    this.#screen?.setLabel(this.#name());
    this.#screen?.setTheme(this.#theme.theme);
  }

  override focus(): void {
    this.#screen?.focus();
  }

  /** Empties the screen but for the line with the cursor. The program is not told. */
  clear(): void {
    this.#screen?.clear();
  }

  /** Types `text` into the terminal, as the reader would. `\r` is Enter. Dropped while nothing runs. */
  send(text: string): void {
    this.#session?.send(text);
  }

  #name(): string {
    return `${this.label || strings.terminalLabel(this.command)}. ${strings.terminalHelp}`;
  }

  #follow(host: ContainerHost | undefined): void {
    if (host === undefined) {
      this.#end();
      this.#runCount = 0;
      return;
    }
    switch (host.state) {
      case 'booting':
        // While the runtime boots: both are needed at about the same time.
        void this.#load().catch(() => undefined); // Told when it is started.
        return;
      case 'running':
        if (host.runCount !== this.#runCount) {
          this.#runCount = host.runCount;
          void this.#start(host);
        }
        return;
      case 'idle':
      case 'stopped':
      case 'failed': {
        const ran = this.#session !== undefined;
        this.#end();
        // Without a cursor: nothing that is typed goes anywhere. The next start resets the screen.
        if (ran) void this.#screen?.write(`\r\n\x1b[90m${saidBy(this, () => strings.terminalStopped)}\x1b[0m\r\n\x1b[?25l`);
        return;
      }
    }
  }

  #end(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#session = undefined;
    this.#ended = false;
  }

  #load(): Promise<Screen> {
    this.#loading ??= this.#open();
    this.#loading.catch(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #open(): Promise<Screen> {
    const { Screen } = await loadPart('<bv-terminal>', () => import('./screen.ts'));
    this.started = true;
    await this.updateComplete;
    if (!this.isConnected) throw new DOMException('The terminal was removed', 'AbortError');
    this.#screen = new Screen({
      parent: this.parent,
      label: saidBy(this, () => this.#name()),
      theme: this.#theme.theme,
      readonly: this.readonly,
      screenReader: this.screenReader,
      onInput: (text) => this.#onInput(text),
      onResize: (size) => this.#session?.resize(size),
    });
    this.requestUpdate(); // What it says is in the language of the place from then on.
    return this.#screen;
  }

  async #start(host: ContainerHost): Promise<void> {
    this.#end();
    const running = new AbortController();
    this.#running = running;
    const { signal } = running;
    try {
      const screen = await this.#load().catch((cause: unknown) => {
        this.problem = saidBy(this, () => shownMessageOf(cause));
        throw cause;
      });
      const { container } = host;
      if (signal.aborted || container === undefined) return;
      this.problem = '';
      this.begun = true;
      screen.reset();
      const session = await screen.startSession(container, this.command, signal);
      this.#session = session;
      this.dispatchEvent(new BvTerminalStartEvent(session.pid));
      const code = await session.exit;
      if (signal.aborted) return;
      this.#session = undefined;
      this.#ended = true;
      await screen.write(`\r\n\x1b[90m${saidBy(this, () => strings.terminalEnded(code))}\x1b[0m\r\n`);
      this.dispatchEvent(new BvTerminalExitEvent(code));
    } catch (error) {
      if (signal.aborted || !this.isConnected) return;
      if (this.problem === '') host.fail(error);
      else this.dispatchEvent(new BvErrorEvent(error));
    }
  }

  #onInput(text: string): void {
    if (this.#session !== undefined) this.#session.send(text);
    else if (this.#ended && text.includes('\r')) {
      const { host } = this.#container;
      if (host?.container !== undefined) void this.#start(host);
    }
  }

  protected override render(): TemplateResult {
    const problem = this.problem || (this.#container.missing ? strings.noContainer('bv-terminal', this.for) : '');
    return html`<section role="group" aria-label=${this.label || strings.terminalLabel(this.command)} data-theme=${this.#theme.theme}>
      <div class="screen ${this.begun ? '' : 'unseen'}" ?hidden=${!this.started || problem !== ''}></div>
      ${
        this.begun && problem === ''
          ? nothing
          : html`<div class="waiting">
              ${
                problem === ''
                  ? html`${this.command === '' ? nothing : html`<code>$ ${this.command}</code>`}
                      <p>${this.#container.host?.state === 'booting' ? strings.terminalBooting : strings.terminalWaiting}</p>`
                  : html`<p class="message" role="alert">${problem}</p>`
              }
            </div>`
      }
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-terminal': BvTerminal;
  }
}
