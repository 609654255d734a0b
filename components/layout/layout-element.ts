import { LitElement, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { PresenceController } from '../shared/presence-controller.ts';
import { room } from '../shared/room.styles.ts';
import { labelOf, observed, slottedChildren } from '../shared/slotted-children.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { layoutStrings } from './layout-strings.ts';
import { styles } from './layout.styles.ts';
import { parseSizes, resized, sharesFor } from './sizes.ts';

export type LayoutPreset = 'ide' | 'side' | 'stack' | 'focus';

/** Per hundred, for two, three or four panes; others are equal. */
const presetSizes: Readonly<Record<LayoutPreset, Readonly<Record<number, readonly number[]>>>> = {
  ide: { 2: [25, 75], 3: [20, 45, 35], 4: [16, 36, 24, 24] },
  side: {},
  stack: {},
  focus: { 2: [70, 30], 3: [10, 70, 20] },
};

/** Of the whole, per press of an arrow key. */
const step = 0.02;

/**
 * Panes beside or above each other, with borders that the pointer and the arrow keys move. Each child is a pane; layouts may be nested.
 *
 * Where it is narrower than 40rem the panes stand below each other, each with its own height.
 *
 * @tag bv-layout
 * @slot - The panes, in order. Their `label` or `aria-label` names the borders beside them.
 * @csspart separator - A border between two panes.
 * @cssprop --bv-layout-block-size - Its height. Default 36rem; a nested one fills its pane.
 * @cssprop --bv-layout-stacked-size - The height of each pane on a phone. Default 20rem.
 * @fires bv-resize - The reader moved a border.
 */
export class BvLayout extends LitElement {
  static override styles = [tokens, room, styles];

  /** `ide`: narrow, wide, medium. `side`: equal ones beside each other. `stack`: above each other. `focus`: one that is large. */
  @property() preset: LayoutPreset = 'side';
  /** Parts of the whole, such as `20 50 30`. Default: by the preset. */
  @property() sizes = '';
  /** Panes above each other, as with `preset="stack"`. */
  @property({ type: Boolean }) column = false;
  /** Keeps the sizes under this name, in this browser. */
  @property() persist = '';

  @state() private panes: readonly HTMLElement[] = [];
  @state() private shares: readonly number[] = [];
  /** The border that the pointer moves. */
  @state() private dragged: number | undefined;
  readonly #children = new MutationObserver(() => this.#collect());
  /** Of a border: what its pane had before it was collapsed. */
  readonly #before = new Map<number, number>();

  constructor() {
    super();
    new ThemeController(this, this.attachInternals());
    new PresenceController(this, () => this.#children.disconnect());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#children.observe(this, observed);
    this.#collect();
  }

  #collect(): void {
    const panes = slottedChildren(this, 'pane');
    if (panes.length !== this.panes.length) this.#before.clear();
    this.panes = panes;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const count = this.panes.length;
    if (this.shares.length === count && !changed.has('sizes') && !changed.has('preset') && !changed.has('persist')) return;
    const wanted = this.sizes === '' ? (presetSizes[this.preset]?.[count] ?? []) : parseSizes(this.sizes);
    const kept = this.#kept();
    this.shares = sharesFor(count, kept.length === count ? kept : wanted);
  }

  get #key(): string {
    return `bavini:layout:${this.persist}`;
  }

  #kept(): readonly number[] {
    if (this.persist === '') return [];
    try {
      return parseSizes(localStorage.getItem(this.#key) ?? '');
    } catch {
      return []; // The page may not store anything.
    }
  }

  #keep(): void {
    this.dispatchEvent(new Event('bv-resize', { bubbles: true, composed: true }));
    if (this.persist === '') return;
    try {
      localStorage.setItem(this.#key, this.shares.map((share) => share.toFixed(4)).join(' '));
    } catch {
      // Full or forbidden: it lasts as long as the page.
    }
  }

  get #isColumn(): boolean {
    return this.column || this.preset === 'stack';
  }

  #resize(index: number, share: number): void {
    this.shares = resized(this.shares, index, share);
  }

  #collapse(index: number): void {
    const share = this.shares[index]!;
    if (share > 0) {
      this.#before.set(index, share);
      this.#resize(index, 0);
    } else this.#resize(index, this.#before.get(index) ?? (share + this.shares[index + 1]!) / 2);
  }

  #onKey(event: KeyboardEvent, index: number): void {
    const leftToRight = getComputedStyle(this).direction !== 'rtl';
    const [less, more] = this.#isColumn
      ? ['ArrowUp', 'ArrowDown']
      : leftToRight
        ? ['ArrowLeft', 'ArrowRight']
        : ['ArrowRight', 'ArrowLeft'];
    const share = this.shares[index]!;
    if (event.key === less) this.#resize(index, share - step);
    else if (event.key === more) this.#resize(index, share + step);
    else if (event.key === 'Home') this.#resize(index, 0);
    else if (event.key === 'End') this.#resize(index, 1);
    else if (event.key === 'Enter') this.#collapse(index);
    else return;
    event.preventDefault();
    this.#keep();
  }

  #onPointerDown(event: PointerEvent, index: number): void {
    if (event.button !== 0) return;
    const separator = event.currentTarget as HTMLElement;
    separator.setPointerCapture(event.pointerId);
    separator.focus({ focusVisible: false } as FocusOptions);
    event.preventDefault();
    this.dragged = index;
  }

  #onPointerMove(event: PointerEvent, index: number): void {
    if (this.dragged !== index) return;
    const separator = event.currentTarget as HTMLElement;
    const pane = separator.previousElementSibling!.getBoundingClientRect();
    const whole = this.getBoundingClientRect();
    const leftToRight = getComputedStyle(this).direction !== 'rtl';
    if (this.#isColumn) this.#resize(index, (event.clientY - pane.top) / whole.height);
    else this.#resize(index, (leftToRight ? event.clientX - pane.left : pane.right - event.clientX) / whole.width);
  }

  #onPointerUp(): void {
    if (this.dragged === undefined) return;
    this.dragged = undefined;
    this.#keep();
  }

  #nameOf(index: number): string {
    return labelOf(this.panes[index]) || layoutStrings.pane(index + 1);
  }

  #renderSeparator(index: number): TemplateResult {
    const share = this.shares[index] ?? 0;
    const both = share + (this.shares[index + 1] ?? 0);
    const percent = Math.round((both === 0 ? 0 : share / both) * 100);
    return html`<div
      class="separator ${this.dragged === index ? 'dragged' : ''}"
      part="separator"
      role="separator"
      tabindex="0"
      aria-orientation=${this.#isColumn ? 'horizontal' : 'vertical'}
      aria-valuenow=${percent}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuetext=${layoutStrings.share(percent)}
      aria-label=${layoutStrings.separator(this.#nameOf(index), this.#nameOf(index + 1))}
      aria-controls="pane-${index}"
      @keydown=${(event: KeyboardEvent) => this.#onKey(event, index)}
      @pointerdown=${(event: PointerEvent) => this.#onPointerDown(event, index)}
      @pointermove=${(event: PointerEvent) => this.#onPointerMove(event, index)}
      @pointerup=${() => this.#onPointerUp()}
      @lostpointercapture=${() => this.#onPointerUp()}
      @dblclick=${() => {
        this.#collapse(index);
        this.#keep();
      }}
    ></div>`;
  }

  protected override render(): TemplateResult {
    const column = this.#isColumn;
    return html`<div class="room">
      <div class="panes ${column ? 'column' : 'row stacks'}">
        ${this.panes.map((_, index) => {
          const share = this.shares[index] ?? 0;
          return html`<div class="pane ${share === 0 ? 'collapsed' : ''}" id="pane-${index}" style="--share: ${share * 1000}">
              <slot name="pane-${index}"></slot>
            </div>
            ${index < this.panes.length - 1 ? this.#renderSeparator(index) : ''}`;
        })}
      </div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-layout': BvLayout;
  }
}
