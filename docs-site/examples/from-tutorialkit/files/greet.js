// Make this return Hello, and the name.
export const greet = (name) => '';
