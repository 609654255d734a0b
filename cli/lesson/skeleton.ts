/** What `bavini init` writes: a lesson of two steps that passes `bavini check`. */

const start = `// Prints a greeting.
function greet(name) {
}

console.log(greet('Ada'));
`;
const solved = `// Prints a greeting.
function greet(name) {
  return 'Hello ' + name;
}

console.log(greet('Ada'));
`;
const polite = `// Prints a greeting.
function greet(name) {
  return 'Hello ' + name + '!';
}

console.log(greet('Ada'));
`;

const indented = (text: string) => text.trimEnd().replaceAll(/^(?=.)/gm, '          ');

const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>A lesson</title>
    <!-- "npx bavini dev" serves the package at /bavini/. On your site, copy the package's dist folder and name it here. -->
    <link rel="stylesheet" href="/bavini/bavini.css" />
    <script type="module" src="/bavini/bavini.js"></script>
  </head>
  <body>
    <main>
      <h1>A lesson</h1>
      <bv-lesson label="A lesson" persist="lesson">
        <bv-container>
          <script type="bv-file" path="greet.js">
${indented(start)}
          </script>
          <bv-editor file="greet.js"></bv-editor>
          <bv-terminal command="node greet.js"></bv-terminal>
        </bv-container>

        <bv-step name="greet" label="A greeting" focus="greet.js">
          <h2>A greeting</h2>
          <p>Make <code>greet()</code> return <q>Hello</q> and the name.</p>
          <bv-check type="command" run="node greet.js" stdout="Hello Ada">A function gives what follows <code>return</code>.</bv-check>
          <bv-hint>Two texts become one with <code>+</code>.</bv-hint>
          <bv-solution>
            <script type="bv-file" path="greet.js">
${indented(solved)}
            </script>
          </bv-solution>
        </bv-step>

        <bv-step name="polite" label="More polite" focus="greet.js">
          <h2>More polite</h2>
          <p>End the greeting with an exclamation mark.</p>
          <bv-check type="command" run="node greet.js" stdout="Hello Ada!"></bv-check>
          <bv-solution>
            <script type="bv-file" path="greet.js">
${indented(polite)}
            </script>
          </bv-solution>
        </bv-step>
      </bv-lesson>
    </main>
  </body>
</html>
`;

const content = (title: string, prose: string, stdout: string) => `---
type: lesson
title: ${title}
focus: /greet.js
mainCommand: node greet.js
checks:
  - type: command
    run: node greet.js
    stdout: ${stdout}
---

# ${title}

${prose}
`;

const markdown = {
  'meta.md': '---\ntype: tutorial\ntitle: A lesson\n---\n',
  '1-greetings/meta.md': '---\ntype: part\ntitle: Greetings\n---\n',
  '1-greetings/1-greet/content.md': content('A greeting', 'Make `greet()` return "Hello" and the name.', 'Hello Ada'),
  '1-greetings/1-greet/_files/greet.js': start,
  '1-greetings/1-greet/_solution/greet.js': solved,
  '1-greetings/2-polite/content.md': content('More polite', 'End the greeting with an exclamation mark.', 'Hello Ada!'),
  '1-greetings/2-polite/_files/greet.js': solved,
  '1-greetings/2-polite/_solution/greet.js': polite,
};

export function skeleton(form: 'html' | 'markdown'): Readonly<Record<string, string>> {
  return form === 'html' ? { 'index.html': html } : markdown;
}

/** The page of a folder of Markdown that has none of its own. */
export function lessonPage(title: string): string {
  const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>${escaped}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/bavini/bavini.css" />
    <script type="module" src="/bavini/bavini.js"></script>
  </head>
  <body>
    <main>
      <bv-lesson src="lesson.json">
        <bv-container>
          <bv-editor></bv-editor>
          <bv-terminal></bv-terminal>
          <bv-preview></bv-preview>
        </bv-container>
      </bv-lesson>
    </main>
  </body>
</html>
`;
}
