/** What the author wrote of a lesson: steps in the page, or those that `src` holds. */
import { loadPart } from '../../shared/load-part.ts';
import type { LessonDocument } from '../lesson-format.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import { BvStep } from '../step/step-element.ts';
import type { ApplyPatch, StepSource } from '../step/step-files.ts';
import { stepSourceOf } from '../step/step-source.ts';

/** What `src` held. */
interface Packed {
  readonly src: string;
  readonly document: LessonDocument;
  readonly sources: readonly StepSource[];
  /** The steps, as elements of the page. */
  readonly made: readonly Element[];
}

/** The steps' files and patches, and what is wrong with them. */
export interface Written {
  readonly sources: readonly StepSource[];
  readonly apply: ApplyPatch;
  readonly problems: readonly string[];
}

const noPatches: ApplyPatch = () => ({ files: new Map(), problems: [] });

export class LessonSource {
  readonly #lesson: Element;
  #packed: Packed | undefined;
  #apply: ApplyPatch | undefined;

  /** Steps are read of the element's children; those of a packed lesson are put there. */
  constructor(lesson: Element) {
    this.#lesson = lesson;
  }

  /** Loads a packed lesson, once, and puts its steps into the page. Undefined where there is none, or another one is wanted by now. */
  async load(wanted: () => string | undefined, signal: AbortSignal): Promise<LessonDocument | undefined> {
    const src = wanted();
    if (this.#packed?.src === src && this.#packed !== undefined) return this.#packed.document;
    for (const element of this.#packed?.made ?? []) element.remove();
    this.#packed = undefined;
    if (src === undefined) return undefined;
    const { fetchLesson, packedSources, stepElements } = await loadPart('<bv-lesson>', () => import('./packed-lesson.ts'));
    const document = await fetchLesson(new URL(src, this.#lesson.ownerDocument.baseURI).href, signal);
    signal.throwIfAborted();
    if (wanted() !== src) return undefined;
    const made = stepElements(document);
    this.#packed = { src, document, made, sources: packedSources(document) };
    this.#lesson.append(...made);
    return document;
  }

  /** The steps whose names can be used, and what is wrong with the others. */
  steps(): { readonly steps: readonly BvStep[]; readonly problems: readonly string[] } {
    const problems: string[] = [];
    const names = new Set<string>();
    const steps = [...this.#lesson.children].filter((child): child is BvStep => {
      if (!(child instanceof BvStep)) return false;
      const { name } = child;
      if (name === '' || /[\s#/]/.test(name)) problems.push(strings.stepName(name));
      else if (names.has(name)) problems.push(strings.stepTwice(name));
      else return names.add(name) !== undefined;
      return false;
    });
    return { steps, problems };
  }

  async written(steps: readonly BvStep[]): Promise<Written> {
    const written = this.#packed?.sources.map((source) => ({ source, problems: [] })) ?? steps.map(stepSourceOf);
    const sources = written.map(({ source }) => source);
    return { sources, apply: await this.#patches(sources), problems: written.flatMap(({ problems }) => problems) };
  }

  async #patches(sources: readonly StepSource[]): Promise<ApplyPatch> {
    if (sources.every(({ patches, solutionPatches }) => patches.length + solutionPatches.length === 0)) return noPatches;
    this.#apply ??= (await loadPart('<bv-lesson>', () => import('../step/patches.ts'))).applyPatches;
    return this.#apply;
  }
}
