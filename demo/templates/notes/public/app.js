const list = document.querySelector('ul');
const form = document.querySelector('form');

function show(notes) {
  list.replaceChildren(...notes.map(({ text }) => Object.assign(document.createElement('li'), { textContent: text })));
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ text: form.elements.text.value });
  const response = await fetch('/api/notes', { method: 'POST', body });
  show(await response.json());
  form.reset();
});

show(await (await fetch('/api/notes')).json());
