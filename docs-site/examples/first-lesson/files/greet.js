const [name = 'nobody'] = process.argv.slice(3);

console.log(`Hello, ${name}`);
