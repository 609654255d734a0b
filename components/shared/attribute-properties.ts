/** Attributes that frameworks set as properties. */
import type { ReactiveElement } from 'lit';

const camel = (name: string) => name.replace(/-(\w)/g, (_whole, letter: string) => letter.toUpperCase());

function setAttribute(element: Element, name: string, value: unknown): void {
  if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/**
 * Makes properties of attributes of `type` that are none yet: setting one sets the attribute. React, Preact and Vue set a property where
 * an element has one of that name, a method too (`click`, `contains`, `focus`, `matches`), and Solid does so always; before the
 * element is defined as well. Methods can still be called; what is set otherwise is left as `type` has it.
 */
export function takeAttributesAsProperties(type: typeof ReactiveElement, names: readonly string[]): void {
  const prototype = type.prototype as unknown as Record<string, unknown>;
  const properties = new Map(names.map((name) => [camel(name), name]));
  for (const [property, name] of properties) {
    if (Object.getOwnPropertyDescriptor(prototype, property)?.set !== undefined) continue;
    const method = prototype[property];
    Object.defineProperty(prototype, property, {
      configurable: true,
      get(this: Element) {
        return method ?? this.getAttribute(name);
      },
      set(this: Element, value: unknown) {
        setAttribute(this, name, value);
      },
    });
  }
  // What was set before the element was defined stands before all that is defined.
  type.addInitializer((element) => {
    const own = [...properties.keys()].filter((property) => Object.hasOwn(element, property));
    if (own.length === 0) return;
    const values = own.map((property) => [property, Reflect.get(element, property)] as const);
    for (const property of own) Reflect.deleteProperty(element, property);
    const controller = {
      hostConnected() {
        element.removeController(controller);
        for (const [property, value] of values) Reflect.set(element, property, value);
      },
    };
    element.addController(controller);
  });
}
