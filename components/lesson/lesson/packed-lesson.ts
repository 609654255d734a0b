/** Lessons that were packed: fetched, and made into the elements that an author would have written. */
import { trustedHtml } from '../../../runtime/base/trusted-types.ts';
import { BvElementError, messageOf } from '../../shared/element-error.ts';
import { lessonOf, type LessonDocument, type LessonStep } from '../lesson-format.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import { changeOf, type StepSource } from '../step/step-files.ts';

async function unzipped(response: Response): Promise<string> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

/** @throws {BvElementError} `ERR_BV_ASSET`, with what is wrong. @throws the signal's reason. */
export async function fetchLesson(url: string, signal: AbortSignal): Promise<LessonDocument> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
    return lessonOf(JSON.parse(await unzipped(response)));
  } catch (cause) {
    signal.throwIfAborted();
    throw new BvElementError('ERR_BV_ASSET', strings.sourceFailed(url, messageOf(cause)), { cause });
  }
}

/** Animations set attributes later, an address of `javascript:` too; what is in a template is found by no query. */
const forbidden =
  'script, iframe, frame, frameset, object, embed, link, meta, base, style, template, animate, animateMotion, animateTransform, set';

/** Markup as nodes that run nothing. */
function inert(markup: string): DocumentFragment {
  const { body } = new DOMParser().parseFromString(trustedHtml(markup), 'text/html');
  for (const element of body.querySelectorAll(forbidden)) element.remove();
  for (const element of body.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      // Browsers pass over blanks and control characters before and in the scheme.
      // eslint-disable-next-line no-control-regex
      const scheme = /^([a-z]+):/i.exec(value.replace(/[\0-\x20]/g, ''))?.[1]?.toLowerCase();
      if (name.startsWith('on') || name === 'srcdoc' || scheme === 'javascript' || scheme === 'vbscript') element.removeAttribute(name);
    }
  }
  const fragment = document.createDocumentFragment();
  fragment.append(...body.childNodes);
  return fragment;
}

function elementOf(tag: string, attributes: Readonly<Record<string, string | number | boolean | undefined>>): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  return element;
}

function stepElement(step: LessonStep): HTMLElement {
  const { name, label, focus, command, preview, group } = step;
  const element = elementOf('bv-step', { name, label, focus, command, preview, group });
  element.append(inert(step.html));
  for (const { help, ...attributes } of step.checks ?? []) {
    const check = elementOf('bv-check', attributes);
    if (help !== undefined) check.append(inert(String(help)));
    element.append(check);
  }
  for (const hint of step.hints ?? []) {
    const made = elementOf('bv-hint', {});
    made.append(inert(hint));
    element.append(made);
  }
  if (step.solution !== undefined && element.querySelector('bv-solution') === null) element.append(elementOf('bv-solution', {}));
  return element;
}

export function stepElements({ steps }: LessonDocument): HTMLElement[] {
  return steps.map(stepElement);
}

export function packedSources({ steps }: LessonDocument): StepSource[] {
  return steps.map(({ name, from = 'solution', files, patches = [], solution }) => ({
    ...{ name, from, files: changeOf(files), patches, solution: changeOf(solution), solutionPatches: [] },
  }));
}
