/** Needs no other file to be readable: its address tells nothing of where the site's files are. */
export function render({ content }: { readonly content: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>Not found · bavini</title>
<link rel="icon" href="data:,">
<style>
body { margin: 0; font: 1rem/1.6 system-ui, sans-serif; color: light-dark(#1b1d22, #e6e8ec); background: light-dark(#fff, #101216); color-scheme: light dark }
main { max-inline-size: 36rem; margin: 20vh auto 0; padding: 1rem }
h1 { line-height: 1.2 }
a { color: light-dark(#0b57d0, #8ab4f8) }
a[hidden] { display: none }
</style>
</head>
<body>
<main>
<h1>Not found</h1>
${content}
<p><a data-to="./" hidden>To the first page</a></p>
<p><a data-to="sitemap/" hidden>All pages</a></p>
</main>
<script type="module">
NOT_FOUND_SCRIPT
</script>
</body>
</html>
`;
}
