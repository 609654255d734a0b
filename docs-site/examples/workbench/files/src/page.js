export const page = (count) => `<h1>Hello</h1><p>Visit ${count}</p>`;
