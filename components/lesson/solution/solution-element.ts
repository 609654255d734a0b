import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { PresenceController } from '../../shared/presence-controller.ts';
import { ThemeController } from '../../shared/theme-controller.ts';
import { tokens } from '../../shared/tokens.ts';
import type { BvLesson } from '../lesson/lesson-element.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import { comparisonIn } from '../step/comparison.ts';
import { disclosure } from '../step/disclosure.styles.ts';
import type { FileText } from '../step/three-way.ts';

/**
 * The author's solution of a step: shown, compared and applied when the reader asks for it.
 *
 * Its files are a change on the step's start: `<script type="bv-file" path="…">` and `<script type="bv-patch">` directly in it.
 *
 * @tag bv-solution
 * @slot - What is to be said about it.
 */
export class BvSolution extends LitElement {
  static override styles = [
    tokens,
    disclosure,
    css`
      .file {
        margin: var(--_gap) 0 0.25rem;
        font: 0.8125rem/1.5 var(--_code-font);
        color: var(--_muted);
      }
      pre {
        margin: 0;
        padding: var(--_gap);
        max-block-size: 24rem;
        overflow: auto;
        border: 1px solid var(--_border);
        border-radius: calc(var(--_radius) - 2px);
        background: var(--_background);
        font: var(--_code-size) / var(--_code-line) var(--_code-font);
        direction: ltr;
        text-align: start;
        tab-size: 4;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--_gap);
        margin-block-start: var(--_gap);
      }
      p {
        margin: var(--_gap) 0 0;
      }
      @media print {
        pre,
        .difference {
          max-block-size: none;
          overflow: visible;
          white-space: pre-wrap;
          overflow-wrap: anywhere;
        }
        .difference code {
          min-inline-size: 0;
        }
        .actions {
          display: none;
        }
      }
    `,
  ];

  /** Names it. Default: “Solution”. */
  @property() label = '';
  /** It is shown. */
  @property({ type: Boolean, reflect: true }) open = false;
  @state() private comparing = false;

  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => (this.comparing = false));
  }

  get #lesson(): BvLesson | null {
    return this.closest('bv-lesson');
  }

  get #step(): string {
    return this.closest('bv-step')?.name ?? '';
  }

  readonly #onToggle = (event: Event): void => {
    this.open = (event.target as HTMLDetailsElement).open;
  };

  readonly #onCompare = (): void => {
    this.comparing = !this.comparing;
  };

  readonly #onApply = (): void => void this.#lesson?.applySolution(this.#step);

  #file([path, text]: readonly [string, FileText]): TemplateResult {
    if (this.comparing)
      return html`<p class="file">${path}</p>
        ${comparisonIn(this, path, [this.#lesson?.textOf(path) ?? null, text])}
        ${
          text === null || this.#lesson?.hasEditor !== true
            ? nothing
            : html`<div class="actions">
                <button type="button" class="in-editor" @click=${() => void this.#lesson?.compareInEditor(path, text)}>
                  ${strings.compareInEditor}
                </button>
              </div>`
        }`;
    return html`<p class="file">${path}</p>
      ${text === null ? html`<p>${strings.wantsNoFile(path)}</p>` : html`<pre tabindex="0" role="region" aria-label=${path}>${text}</pre>`}`;
  }

  #content(): TemplateResult | typeof nothing {
    const lesson = this.#lesson;
    if (!this.open || lesson === null) return nothing;
    const all = [...lesson.solutionOf(this.#step)];
    const files = this.comparing ? all.filter(([path, text]) => lesson.textOf(path) !== text) : all;
    return html`${files.length === 0 && this.comparing ? html`<p>${strings.sameAsSolution}</p>` : files.map((file) => this.#file(file))}
    ${
      all.length === 0
        ? nothing
        : html`<div class="actions">
            <button type="button" class="compare" @click=${this.#onCompare}>
              ${this.comparing ? strings.compareHide : strings.compare}
            </button>
            <button type="button" class="apply primary" @click=${this.#onApply}>${strings.apply}</button>
          </div>`
    }`;
  }

  protected override render(): TemplateResult {
    return html`<details ?open=${this.open} data-theme=${this.#theme.theme} @toggle=${this.#onToggle}>
      <summary>${this.label || strings.solution}</summary>
      <div class="content"><slot></slot>${this.#content()}</div>
    </details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-solution': BvSolution;
  }
}
