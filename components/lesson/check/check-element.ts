import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { takeAttributesAsProperties } from '../../shared/attribute-properties.ts';
import { PresenceController } from '../../shared/presence-controller.ts';
import { ThemeController } from '../../shared/theme-controller.ts';
import { tokens } from '../../shared/tokens.ts';
import { messageOf } from '../../shared/element-error.ts';
import { BvCheckEvent } from '../lesson/lesson-events.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import { broken, type CheckContext, type CheckOutcome } from './check-context.ts';
import { checkAttributes, checkOf, type CheckAttributes, type CheckSpec } from './check-spec.ts';
import { styles } from './check.styles.ts';
import { runCheck, wantedOf } from './run-check.ts';

/** `unchecked` until it is made, `running` while it is. */
export type CheckStatus = 'unchecked' | 'running' | CheckOutcome['status'];

const icons: Readonly<Record<CheckStatus, string>> = {
  unchecked: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2',
  running: 'M8 2a6 6 0 1 0 6 6',
  passed: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M8 3v6M8 12v.5',
  waiting: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 5v3.5l2 1.5',
  broken: 'M4 4l8 8M12 4l-8 8',
};

/**
 * One thing that a step wants. What is in it is shown when it has not been done: how to go on.
 *
 * It is made by the lesson around it; `make()` makes it now. A text is looked for in what is found; written as `/…/` it is a regular
 * expression.
 *
 * @tag bv-check
 * @slot - How to go on, shown while the check has not passed.
 * @attr {string} type - `file`, `command`, `request`, `dom`, `test` or `function`; the other attributes depend on it.
 * @attr {number} timeout - Seconds that it may take. Default: 5 for `file` and `dom`, 10 for `request`, 30 for `test`, else 20.
 * @attr {string} path - `file`, `test`: the file. `request`: the path, by default `/`.
 * @attr {boolean} absent - `file`, `dom`: it must not be there.
 * @attr {string} contains - `file`: a text that it must hold.
 * @attr {string} lacks - `file`: a text that it must not hold.
 * @attr {string} matches - `file`: a regular expression.
 * @attr {string} equals - `file`: all of its text, but for blanks at the ends of lines and of the file.
 * @attr {string} json - `file`, `request`: JSON that must be in it, and may be a part of it.
 * @attr {string} run - `command`: a line of shell.
 * @attr {string} input - `command`: what it reads.
 * @attr {number} code - `command`: the exit code. Default 0.
 * @attr {string} stdout - `command`: a text in what it prints.
 * @attr {string} stderr - `command`: a text in its errors.
 * @attr {number} port - `request`: the port, by default 3000. `dom`: of the preview, by default the first.
 * @attr {string} method - `request`: by default `GET`.
 * @attr {string} send - `request`: the body.
 * @attr {string} send-type - `request`: the type of the body.
 * @attr {number} status - `request`: by default 200.
 * @attr {string} header - `request`: a header of the answer, such as `content-type: json`; one in each line.
 * @attr {string} body - `request`: a text in the answer.
 * @attr {string} selector - `dom`: the elements that are looked at.
 * @attr {string} text - `dom`: a text of the first one.
 * @attr {number} count - `dom`: how many there are.
 * @attr {string} attribute - `dom`: a name, or `name=value`, of the first one.
 * @attr {boolean} visible - `dom`: the first one is shown.
 * @attr {string} fill - `dom`: types before it looks, such as `input => Ada`.
 * @attr {string} click - `dom`: the selector of what it clicks before it looks.
 * @attr {string} name - `function`: that of a `defineCheck()`.
 * @csspart check - The box.
 * @fires bv-check - It was made.
 */
export class BvCheck extends LitElement {
  static override styles = [tokens, styles];
  static override get observedAttributes(): string[] {
    return [...super.observedAttributes, ...checkAttributes];
  }

  /** What is wanted, in the author's words. */
  @property() label = '';
  @state() private outcome: CheckOutcome | undefined;
  @state() private running = false;

  #spec: CheckSpec | undefined;
  #making: AbortController | undefined;
  #latest: Promise<CheckOutcome | undefined> = Promise.resolve(undefined);
  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => this.#making?.abort());
  }

  override attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    super.attributeChangedCallback(name, before, now);
    if (before === now) return;
    this.#spec = undefined;
    this.requestUpdate();
  }

  /** What it wants; undefined if its author made a mistake, which it shows. */
  get spec(): CheckSpec | undefined {
    const read = this.#spec ?? this.#read();
    if (typeof read === 'string') return undefined;
    return (this.#spec = read);
  }

  /** What its attributes say, or what is wrong with them, in the language that is spoken now. */
  #read(): CheckSpec | string {
    const attributes = Object.fromEntries(
      checkAttributes.flatMap((name) => (this.hasAttribute(name) ? [[name, this.getAttribute(name)]] : [])),
    ) as CheckAttributes;
    try {
      return checkOf(attributes);
    } catch (error) {
      return messageOf(error);
    }
  }

  /** What came of it. Set, as Vue and React set what an author writes, it is the attribute: the status that is wanted. */
  get status(): CheckStatus {
    if (this.running) return 'running';
    return this.spec === undefined ? 'broken' : (this.outcome?.status ?? 'unchecked');
  }
  set status(wanted: string | number) {
    this.setAttribute('status', String(wanted));
  }

  /** What it found; undefined until it was made. */
  get result(): CheckOutcome | undefined {
    return this.spec === undefined ? broken(() => String(this.#read())) : this.outcome;
  }

  /** What it wants, in one sentence. */
  get wanted(): string {
    return this.label || (this.spec === undefined ? strings.check : wantedOf(this.spec));
  }

  /** Forgets what was found. */
  forget(): void {
    this.#making?.abort();
    this.outcome = undefined;
    this.running = false;
  }

  /**
   * Makes it. Where it is made anew meanwhile, the outcome is that of the last time; undefined if it is gone. `quiet`: only what has
   * passed is shown, for what nobody asked about yet. `patient`: waits for a server and a document.
   */
  make(context: CheckContext, options: { readonly quiet?: boolean; readonly patient?: boolean } = {}): Promise<CheckOutcome | undefined> {
    this.#latest = this.#make(context, options);
    return this.#latest;
  }

  async #make(context: CheckContext, { quiet = false, patient = false }): Promise<CheckOutcome | undefined> {
    const { spec } = this;
    if (spec === undefined) return this.result;
    this.#making?.abort();
    const making = (this.#making = new AbortController());
    const { signal } = making;
    const show = (outcome: CheckOutcome) => {
      if (signal.aborted || (quiet && outcome.status !== 'passed')) return;
      this.outcome = outcome;
      this.running = false;
    };
    // A file takes no time: what is shown must not flicker.
    if (!quiet && spec.type !== 'file') this.running = true;
    try {
      const outcome = await runCheck(spec, context, { signal, patient, report: show });
      show(outcome);
      this.dispatchEvent(new BvCheckEvent(this.closest('bv-step')?.name ?? '', outcome));
      return outcome;
    } catch {
      // Made anew, or gone.
      return this.#making === making ? undefined : this.#latest;
    } finally {
      if (this.#making === making) this.running = false;
    }
  }

  #statusText(status: CheckStatus): string {
    return strings[status];
  }

  #details(): TemplateResult | typeof nothing {
    const { result } = this;
    if (result === undefined || result.status === 'passed') return nothing;
    const { wanted, found } = result;
    return html`<dl>
        ${
          wanted === '' || wanted === this.wanted
            ? nothing
            : html`<div>
                <dt>${strings.wanted}</dt>
                <dd>${wanted}</dd>
              </div>`
        }
        ${
          found === ''
            ? nothing
            : html`<div>
                <dt>${strings.found}</dt>
                <dd>${found}</dd>
              </div>`
        }
      </dl>
      ${result.status === 'failed' ? html`<div class="help"><slot></slot></div>` : nothing}`;
  }

  protected override render(): TemplateResult {
    const { status } = this;
    return html`<div class="check ${status}" part="check" data-theme=${this.#theme.theme}>
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d=${icons[status]} /></svg>
      <div class="text">
        <p class="wanted"><span>${this.wanted}</span> <span class="status">${this.#statusText(status)}</span></p>
        ${this.#details()}
      </div>
    </div>`;
  }
}

takeAttributesAsProperties(BvCheck, checkAttributes);

declare global {
  interface HTMLElementTagNameMap {
    'bv-check': BvCheck;
  }
}
