import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Container, ContainerStats, ProcessRow } from '../../runtime/index.ts';
import { ContainerController, type ContainerHost } from '../shared/container-controller.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { currentLanguage } from '../shared/language.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { followLoaded, type Loaded } from './loaded-files.ts';
import { statusStrings } from './status-strings.ts';
import { styles } from './status.styles.ts';

/** How often the details are read while they are open, in milliseconds. */
const refreshMs = 2000;

/**
 * What a container does: whether it runs, what is loaded, its programs, ports and what they cost. Anywhere in the page.
 *
 * The state and the open ports are announced. The rest is in details, which are read only while they are open.
 *
 * @tag bv-status
 * @csspart now - The line with the state.
 * @csspart details - What is below it.
 */
export class BvStatus extends LitElement {
  static override styles = [tokens, styles];

  /** The id of a container elsewhere in the page. Default: the container around the element. */
  @property() for = '';
  /** Leaves out the details. */
  @property({ type: Boolean }) brief = false;

  @state() private ports: readonly number[] = [];
  @state() private processes: readonly ProcessRow[] = [];
  @state() private stats: ContainerStats | undefined;
  @state() private loaded: Loaded = { files: 0, bytes: 0 };

  #open = false;
  #followed: { readonly container: Container; readonly stop: () => void } | undefined;
  #stopLoaded: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #container = new ContainerController(this, (host) => this.#follow(host));
  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => {
      this.#stopLoaded?.();
      this.#stopLoaded = undefined;
      this.#leave();
    });
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#followed?.stop();
    this.#followed = undefined;
    this.ports = [];
    this.processes = [];
    this.stats = undefined;
  }

  #follow(host: ContainerHost | undefined): void {
    if (host !== undefined) this.#stopLoaded ??= followLoaded((loaded) => (this.loaded = loaded));
    const container = host?.container;
    if (container !== this.#followed?.container) {
      this.#leave();
      if (container !== undefined) {
        const stop = container.on('port', () => (this.ports = container.openPorts));
        this.#followed = { container, stop };
        this.ports = container.openPorts;
      }
    }
    if (this.#open) this.#read();
  }

  #read(): void {
    clearTimeout(this.#timer);
    const container = this.#followed?.container;
    if (container === undefined || !this.#open) return;
    void this.#refresh(container).catch(() => undefined); // It was ended meanwhile, which its state tells.
  }

  async #refresh(container: Container): Promise<void> {
    const [processes, stats] = await Promise.all([container.ps(), container.stats()]);
    if (this.#followed?.container !== container || !this.#open) return;
    this.processes = processes;
    this.stats = stats;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), refreshMs);
  }

  readonly #onToggle = (event: Event): void => {
    this.#open = (event.target as HTMLDetailsElement).open;
    this.#read();
  };

  #size(bytes: number): string {
    const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kilobyte'] : [bytes / 1e6, 'megabyte'];
    return new Intl.NumberFormat(currentLanguage(), { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
  }

  #now(): string {
    const { host, missing } = this.#container;
    if (missing) return strings.noContainer('bv-status', this.for);
    const { files, bytes } = this.loaded;
    switch (host?.state) {
      case undefined:
      case 'idle':
        return strings.statusIdle;
      case 'booting':
        return files === 0 ? strings.statusBooting : statusStrings.loading(files, this.#size(bytes));
      case 'running':
        return this.ports.length === 0 ? strings.statusRunning : statusStrings.ports(this.ports);
      case 'stopped':
        return strings.statusStopped;
      case 'failed':
        return strings.statusFailed;
    }
  }

  #programs(): TemplateResult {
    if (this.processes.length === 0)
      return html`<h3>${statusStrings.programs}</h3>
        <p>${statusStrings.noPrograms}</p>`;
    const now = Date.now();
    const seconds = (milliseconds: number, digits = 0) =>
      statusStrings.seconds(new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: digits }).format(milliseconds / 1000));
    const knowMemory = this.processes.some(({ memoryBytes }) => memoryBytes !== undefined);
    return html`<div class="scrolls">
      <table>
        <caption>
          ${statusStrings.programs}
        </caption>
        <thead>
          <tr>
            <th scope="col">${statusStrings.program}</th>
            <th scope="col" class="number">${statusStrings.processId}</th>
            <th scope="col" class="number">${statusStrings.since}</th>
            <th scope="col" class="number">${statusStrings.busy}</th>
            ${knowMemory ? html`<th scope="col" class="number">${statusStrings.memory}</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${this.processes.map(
            ({ command, pid, startedMs, state, activeMs, memoryBytes }) =>
              html`<tr>
                <td><code>${command}</code></td>
                <td class="number">${pid}</td>
                <td class="number">${state === 'stopped' ? statusStrings.paused : seconds(Math.max(now - startedMs, 0))}</td>
                <td class="number">${activeMs === undefined ? '' : seconds(activeMs, 1)}</td>
                ${knowMemory ? html`<td class="number">${memoryBytes === undefined ? '' : this.#size(memoryBytes)}</td>` : nothing}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #costs(): TemplateResult {
    const number = new Intl.NumberFormat(currentLanguage());
    const { stats } = this;
    const rows: (readonly [name: string, value: string])[] = [
      [statusStrings.loaded, statusStrings.loadedValue(this.#size(this.loaded.bytes), this.loaded.files)],
    ];
    if (stats !== undefined) {
      rows.push(
        [statusStrings.openPorts, stats.openPorts.join(', ') || statusStrings.none],
        [statusStrings.workers, number.format(stats.workers)],
        [statusStrings.files, number.format(stats.files)],
        [statusStrings.written, this.#size(stats.fileBytes)],
        [statusStrings.unsaved, number.format(stats.unsavedChanges)],
      );
    }
    return html`<table class="costs">
      <caption>
        ${statusStrings.cost}
      </caption>
      <tbody>
        ${rows.map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td class="number">${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  protected override render(): TemplateResult {
    const now = this.#now();
    const state = this.#container.host?.state ?? 'idle';
    // How far it is must not be read out at each file: only the state is.
    const loading = state === 'booting';
    return html`<section aria-label=${statusStrings.label} role="group" data-theme=${this.#theme.theme}>
      <p class="now ${state}" part="now"><span aria-hidden="true">${now}</span></p>
      <p class="visually-hidden" role="status">${loading ? strings.statusBooting : now}</p>
      ${
        this.brief
          ? nothing
          : html`<details part="details" @toggle=${this.#onToggle}>
              <summary>${statusStrings.details}</summary>
              ${this.#programs()} ${this.#costs()}
            </details>`
      }
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-status': BvStatus;
  }
}
