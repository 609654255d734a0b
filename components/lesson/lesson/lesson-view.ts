/** The parts of a lesson around its prose. */
import { html, nothing } from 'lit';
import type { LitElement, TemplateResult } from 'lit';
import { lessonStrings as strings } from '../lesson-strings.ts';
import { comparisonIn } from '../step/comparison.ts';
import type { BvStep } from '../step/step-element.ts';
import type { Difference } from './lesson-files.ts';
import type { LessonSession } from './lesson-session.ts';

/** What happened, and what can be done about it: undoing it, most often. */
export interface Note {
  /** Asked whenever it is shown: the language may be another one by then. */
  readonly text: () => string;
  /** What its button does, and what is said then. */
  readonly act?: () => Promise<(() => string) | void>;
  readonly label?: () => string;
}

interface Place {
  readonly steps: readonly BvStep[];
  readonly index: number;
  readonly isOpen: (index: number) => boolean;
  readonly visit: (name: string) => void;
}

const done = html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.5 6.5 12 13 4.5" /></svg>`;

export function stepsView({ steps, index, isDone, isOpen, visit }: Place & { readonly isDone: (name: string) => boolean }): TemplateResult {
  const item = (step: BvStep, at: number) => {
    const open = isOpen(at);
    const state = isDone(step.name) ? strings.stepDone : open ? '' : strings.stepLocked;
    const group = step.group !== '' && step.group !== steps[at - 1]?.group ? html`<span class="group">${step.group}</span>` : nothing;
    return html`<li>
      ${group}
      <button
        type="button"
        class=${isDone(step.name) ? 'done' : ''}
        aria-current=${at === index ? 'step' : nothing}
        aria-disabled=${open ? nothing : 'true'}
        title=${open ? nothing : strings.stepLockedWhy}
        @click=${() => (open ? visit(step.name) : undefined)}
      >
        <span class="mark">${isDone(step.name) ? done : at + 1}</span>
        <span class="name">${step.label || step.name}</span>
        ${state === '' ? nothing : html`<span class="state">${state}</span>`}
      </button>
    </li>`;
  };
  const current = steps[index];
  return html`<nav aria-label=${strings.steps}>
    <details class="steps" part="steps">
      <summary>
        <span class="place">${strings.showSteps(Math.min(index + 1, steps.length), steps.length)}</span>
        <span class="name">${current?.label ?? ''}</span>
      </summary>
      <ol>
        ${steps.map(item)}
      </ol>
    </details>
  </nav>`;
}

export function actionsView({
  steps,
  index,
  isOpen,
  visit,
  session,
  check,
}: Place & { readonly session: LessonSession | undefined; readonly check: () => void }): TemplateResult {
  const [before, after] = [steps[index - 1], steps[index + 1]];
  const locked = after !== undefined && !isOpen(index + 1);
  const checks = session?.checks ?? [];
  const passed = checks.length > 0 && checks.every(({ status }) => status === 'passed');
  const nextClass = after !== undefined && !locked && (passed || checks.length === 0) ? 'next primary' : 'next';
  return html`<div class="actions" part="actions">
    <button type="button" class="previous" aria-disabled=${before === undefined} @click=${() => before && visit(before.name)}>
      ${strings.previous}
    </button>
    ${
      checks.length === 0
        ? nothing
        : html`<button
            type="button"
            class=${passed ? 'check' : 'check primary'}
            aria-disabled=${session?.checking === true}
            @click=${() => (session?.checking === true ? undefined : check())}
          >
            ${session?.checking === true ? strings.checking : strings.check}
          </button>`
    }
    <button
      type="button"
      class=${nextClass}
      aria-disabled=${after === undefined || locked}
      aria-describedby=${locked ? 'locked' : nothing}
      @click=${() => (after !== undefined && !locked ? visit(after.name) : undefined)}
    >
      ${strings.next}
    </button>
    ${locked ? html`<p id="locked" class="why">${strings.nextLockedWhy}</p>` : nothing}
  </div>`;
}

/** How many checks have passed; of one that has not, what it found. */
export function summaryOf({ checks, checking }: LessonSession): string {
  if (checking) return strings.checking;
  if (checks.length === 0 || checks.every(({ status }) => status === 'unchecked')) return '';
  if (checks.some(({ status }) => status === 'running')) return strings.checking;
  return strings.summary(checks.filter(({ status }) => status === 'passed').length, checks.length);
}

interface Choices {
  readonly toggle: (path: string) => void;
  readonly take: (path: string) => void;
  readonly keep: (path: string) => void;
}

export function differencesView(
  element: LitElement,
  differences: readonly Difference[],
  compared: ReadonlySet<string>,
  { toggle, take, keep }: Choices,
): readonly TemplateResult[] {
  return differences.map(({ path, mine, theirs }) => {
    const shown = compared.has(path);
    return html`<div class="notice" role="group" aria-label=${path}>
      <p>${theirs === null ? strings.fileDeleted(path) : strings.fileChanged(path)}</p>
      <div class="buttons">
        <button type="button" aria-expanded=${shown} @click=${() => toggle(path)}>
          ${shown ? strings.hideDifference : strings.showDifference}
        </button>
        <button type="button" class="take" @click=${() => take(path)}>${strings.takeTheirs}</button>
        <button type="button" class="keep" @click=${() => keep(path)}>${strings.keepMine}</button>
      </div>
      ${shown ? comparisonIn(element, path, [mine, theirs]) : nothing}
    </div>`;
  });
}

interface Resets {
  readonly asks: boolean;
  readonly file: (path: string) => void;
  readonly step: () => void;
  readonly ask: (asks: boolean) => void;
  readonly lesson: () => void;
}

export function resetView({ edited }: LessonSession, { asks, file, step, ask, lesson }: Resets): TemplateResult {
  return html`<details class="reset">
    <summary>${strings.resetMenu}</summary>
    <div class="buttons">
      ${edited.map((path) => html`<button type="button" class="file" @click=${() => file(path)}>${strings.resetFile(path)}</button>`)}
      <button type="button" class="step" @click=${step}>${strings.resetStep}</button>
      <button type="button" class="lesson" aria-expanded=${asks} @click=${() => ask(!asks)}>${strings.resetLesson}</button>
    </div>
    ${
      asks
        ? html`<div class="asks" role="group" aria-label=${strings.resetLesson}>
            <p>${strings.resetLessonAsks}</p>
            <div class="buttons">
              <button type="button" class="yes" @click=${lesson}>${strings.resetLessonYes}</button>
              <button type="button" class="no" @click=${() => ask(false)}>${strings.cancel}</button>
            </div>
          </div>`
        : nothing
    }
  </details>`;
}
