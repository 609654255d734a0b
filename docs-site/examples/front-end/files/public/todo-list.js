/** The list without its looks: it tells of changes, and knows no element. */
export class TodoList extends EventTarget {
  items;

  constructor(texts) {
    super();
    this.items = texts.map((text) => ({ text, done: false }));
  }

  get left() {
    return this.items.filter(({ done }) => !done).length;
  }

  add(text) {
    this.items.push({ text, done: false });
    this.dispatchEvent(new Event('change'));
  }

  toggle(index) {
    this.items[index].done = !this.items[index].done;
    this.dispatchEvent(new Event('change'));
  }
}
