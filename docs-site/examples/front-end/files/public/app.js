import { TodoList } from './todo-list.js';

const list = new TodoList(['Edit app.js', 'Press Reload in the preview']);
const items = document.querySelector('ul');
const left = document.querySelector('#left');

list.addEventListener('change', () => {
  items.replaceChildren(
    ...list.items.map(({ text, done }, index) => {
      const item = document.createElement('li');
      const label = document.createElement('label');
      const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: done });
      box.addEventListener('change', () => list.toggle(index));
      label.className = done ? 'done' : '';
      label.append(box, ` ${text}`);
      item.append(label);
      return item;
    }),
  );
  left.textContent = `${list.left} left`;
});

document.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  list.add(new FormData(event.target).get('text'));
  event.target.reset();
});

list.dispatchEvent(new Event('change'));
