import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import { takeAttributesAsProperties } from '../../shared/attribute-properties.ts';
import { tokens } from '../../shared/tokens.ts';

/**
 * A step of a lesson: prose, files, checks, hints, a solution. The lesson around it shows one at a time.
 *
 * Its files are a change on the step before, as solved: `<script type="bv-file" path="…">` directly in it, with `deleted` for
 * those that go, and unified diffs in `<script type="bv-patch">`. Without scripts it is prose.
 *
 * @tag bv-step
 * @slot - The prose, with `<bv-check>`s, `<bv-hint>`s and a `<bv-solution>`.
 * @attr {string} from - What its files are a change on: `solution` of the step before (default), its `start`, or the `lesson`'s own.
 */
export class BvStep extends LitElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: block;
        overflow-wrap: anywhere;
      }
      :host([hidden]) {
        display: none;
      }
      @media not print {
        :host(:not(:state(current))) {
          display: none;
        }
      }
      section:focus-visible {
        border-radius: var(--_radius);
      }
      ::slotted(pre) {
        overflow: auto;
      }
      ::slotted(pre[path]) {
        display: none !important;
      }
      ::slotted(:first-child) {
        margin-block-start: 0 !important;
      }
    `,
  ];

  /** Names the step in addresses and in what is kept of it: unique, and the same in the lesson's next version. */
  @property({ reflect: true, useDefault: true }) name = '';
  /** Shown in the list of steps. */
  @property({ reflect: true, useDefault: true }) label = '';
  /** The chapter it belongs to. */
  @property() group = '';
  /** The file that editors show first. */
  @property({ attribute: 'focus' }) file = '';
  /** A line of shell for the first terminal. */
  @property() command = '';
  /** What the first preview shows: a port, or a port with a path, such as `3000/hello`. */
  @property() preview = '';
  /** Names it for screen readers; set by the lesson. */
  @property({ attribute: false }) heading = '';
  @query('section') private section!: HTMLElement;

  readonly #internals = this.attachInternals();

  /** Whether it is the one that is shown; set by the lesson. */
  get current(): boolean {
    return this.#internals.states.has('current');
  }

  set current(current: boolean) {
    if (current) this.#internals.states.add('current');
    else this.#internals.states.delete('current');
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Nobody else shows it.
    if (this.closest('bv-lesson') === null) this.current = true;
  }

  override focus(options?: FocusOptions): void {
    this.section.focus(options);
  }

  protected override render(): TemplateResult {
    return html`<section tabindex="-1" aria-label=${this.heading || this.label}><slot></slot></section>`;
  }
}

takeAttributesAsProperties(BvStep, ['focus', 'from']);

declare global {
  interface HTMLElementTagNameMap {
    'bv-step': BvStep;
  }
}
