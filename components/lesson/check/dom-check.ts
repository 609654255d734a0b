import type { PreviewAction, PreviewAnswer, PreviewQuestion } from '../../preview/preview-interface.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import type { Criterion } from './check-context.ts';
import type { DomCheck } from './check-spec.ts';
import { excerpt, finds, writtenOf } from './matcher.ts';

export function domCriteria(spec: DomCheck): Criterion<PreviewAnswer>[] {
  const { selector, text, count, attribute } = spec;
  const criteria: Criterion<PreviewAnswer>[] = [];
  const add = (wanted: string, differs: (answer: PreviewAnswer) => string | undefined) => {
    criteria.push({
      wanted,
      differs: (answer) => (answer.missing === null ? differs(answer) : strings.foundNoTarget(answer.missing)),
    });
  };
  if (spec.absent) {
    add(strings.wantsNoElement(selector), (answer) => (answer.count === 0 ? undefined : strings.foundElements(answer.count)));
    return criteria;
  }
  if (count === undefined)
    add(strings.wantsElement(selector), (answer) => (answer.count > 0 ? undefined : strings.foundNoElement(selector)));
  else add(strings.wantsElements(selector, count), (answer) => (answer.count === count ? undefined : strings.foundElements(answer.count)));
  if (spec.visible) add(strings.wantsVisible(selector), (answer) => (answer.visible ? undefined : strings.foundHidden));
  if (text !== undefined)
    add(strings.wantsText(selector, writtenOf(text)), (answer) =>
      finds(text, answer.text) ? undefined : answer.text.trim() === '' ? strings.foundNoText : strings.foundText(excerpt(answer.text)),
    );
  if (attribute !== undefined) {
    const { name, value } = attribute;
    add(strings.wantsAttribute(selector, name, value === undefined ? undefined : writtenOf(value)), (answer) => {
      if (answer.attribute === null) return strings.foundNoAttribute(name);
      return value === undefined || finds(value, answer.attribute) ? undefined : strings.foundAttribute(name, answer.attribute);
    });
  }
  return criteria;
}

/** What the first question does before it looks. Those that follow only look. */
export function domQuestion(spec: DomCheck, options: { readonly act: boolean }): PreviewQuestion {
  const actions: PreviewAction[] = [];
  if (options.act && spec.fill !== undefined) actions.push({ kind: 'fill', ...spec.fill });
  if (options.act && spec.click !== undefined) actions.push({ kind: 'click', selector: spec.click });
  return { selector: spec.selector, attribute: spec.attribute?.name ?? null, actions };
}
