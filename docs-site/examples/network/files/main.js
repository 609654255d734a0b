try {
  const response = await fetch('https://example.com/');
  console.log(response.status);
} catch ({ message, cause }) {
  console.log(`${message}: ${cause?.message}`);
}
