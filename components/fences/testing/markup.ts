/** The same two lines as highlighters and site generators write them, as their current versions do. */

export interface Highlighted {
  readonly name: string;
  readonly html: string;
  /** What selects the outermost element. */
  readonly block: string;
}

export const code = "const name = 'Ada';\nconsole.log(`hello ${name}`);\n";

export const highlighted: readonly Highlighted[] = [
  {
    name: 'CommonMark without a highlighter',
    html: `<pre><code class="language-js">const name = 'Ada';\nconsole.log(\`hello \${name}\`);\n</code></pre>`,
    block: 'pre',
  },
  {
    name: 'Prism',
    html: `<pre class="language-js" tabindex="0"><code class="language-js"><span class="token keyword">const</span> name <span class="token operator">=</span> <span class="token string">'Ada'</span><span class="token punctuation">;</span>
<span class="token console class-name">console</span><span class="token punctuation">.</span><span class="token method function property-access">log</span><span class="token punctuation">(</span><span class="token template-string"><span class="token template-punctuation string">\`</span><span class="token string">hello </span><span class="token interpolation"><span class="token interpolation-punctuation punctuation">\${</span>name<span class="token interpolation-punctuation punctuation">}</span></span><span class="token template-punctuation string">\`</span></span><span class="token punctuation">)</span><span class="token punctuation">;</span><span aria-hidden="true" class="line-numbers-rows"><span></span><span></span></span></code></pre>`,
    block: 'pre',
  },
  {
    name: 'Prism with its toolbar',
    html: `<div class="code-toolbar"><pre class="language-js"><code class="language-js">const name = 'Ada';\nconsole.log(\`hello \${name}\`);</code></pre><div class="toolbar"><div class="toolbar-item"><button class="copy-to-clipboard-button" type="button"><span>Copy</span></button></div></div></div>`,
    block: '.code-toolbar',
  },
  {
    name: 'highlight.js',
    html: `<pre><code class="hljs language-javascript"><span class="hljs-keyword">const</span> name = <span class="hljs-string">'Ada'</span>;
<span class="hljs-variable language_">console</span>.<span class="hljs-title function_">log</span>(<span class="hljs-string">\`hello <span class="hljs-subst">\${name}</span>\`</span>);
</code></pre>`,
    block: 'pre',
  },
  {
    name: 'highlight.js before 11, which names the language alone',
    html: `<pre><code class="hljs javascript"><span class="hljs-keyword">const</span> name = <span class="hljs-string">'Ada'</span>;\nconsole.log(<span class="hljs-string">\`hello \${name}\`</span>);\n</code></pre>`,
    block: 'pre',
  },
  {
    name: 'Rouge in Jekyll',
    html: `<div class="language-js highlighter-rouge"><div class="highlight"><pre class="highlight"><code><span class="kd">const</span> <span class="nx">name</span> <span class="o">=</span> <span class="dl">'</span><span class="s1">Ada</span><span class="dl">'</span><span class="p">;</span>
<span class="nx">console</span><span class="p">.</span><span class="nf">log</span><span class="p">(</span><span class="s2">\`hello </span><span class="p">\${</span><span class="nx">name</span><span class="p">}</span><span class="s2">\`</span><span class="p">);</span>
</code></pre></div></div>`,
    block: '.language-js',
  },
  {
    name: "Rouge in Jekyll's highlight tag, with numbers of lines",
    html: `<figure class="highlight"><pre><code class="language-js" data-lang="js"><table class="rouge-table"><tbody><tr><td class="gutter gl"><pre class="lineno">1
2
</pre></td><td class="code"><pre><span class="kd">const</span> <span class="nx">name</span> <span class="o">=</span> <span class="dl">'</span><span class="s1">Ada</span><span class="dl">'</span><span class="p">;</span>
<span class="nx">console</span><span class="p">.</span><span class="nf">log</span><span class="p">(</span><span class="s2">\`hello </span><span class="p">\${</span><span class="nx">name</span><span class="p">}</span><span class="s2">\`</span><span class="p">);</span>
</pre></td></tr></tbody></table></code></pre></figure>`,
    block: 'figure',
  },
  {
    name: 'Chroma in Hugo',
    html: `<div class="highlight"><pre tabindex="0" class="chroma"><code class="language-js" data-lang="js"><span class="line"><span class="cl"><span class="kr">const</span> <span class="nx">name</span> <span class="o">=</span> <span class="s1">'Ada'</span><span class="p">;</span>
</span></span><span class="line"><span class="cl"><span class="nx">console</span><span class="p">.</span><span class="nx">log</span><span class="p">(</span><span class="sb">\`hello </span><span class="si">\${</span><span class="nx">name</span><span class="si">}</span><span class="sb">\`</span><span class="p">);</span>
</span></span></code></pre></div>`,
    block: '.highlight',
  },
  {
    name: 'Chroma in Hugo, with numbers of lines in a table',
    html: `<div class="highlight"><div class="chroma"><table class="lntable"><tr><td class="lntd"><pre tabindex="0" class="chroma"><code><span class="lnt">1
</span><span class="lnt">2
</span></code></pre></td><td class="lntd"><pre tabindex="0" class="chroma"><code class="language-js" data-lang="js"><span class="line"><span class="cl"><span class="kr">const</span> <span class="nx">name</span> <span class="o">=</span> <span class="s1">'Ada'</span><span class="p">;</span>
</span></span><span class="line"><span class="cl"><span class="nx">console</span><span class="p">.</span><span class="nx">log</span><span class="p">(</span><span class="sb">\`hello \${name}\`</span><span class="p">);</span></span></span></code></pre></td></tr></table></div></div>`,
    block: '.highlight',
  },
  {
    name: 'Pygments in MkDocs Material',
    html: `<div class="language-js highlight"><pre id="__code_0"><span></span><button class="md-clipboard md-icon" title="Copy to clipboard" data-clipboard-target="#__code_0 &gt; code"></button><code><a id="__codelineno-0-1" name="__codelineno-0-1" href="#__codelineno-0-1"></a><span class="kd">const</span><span class="w"> </span><span class="nx">name</span><span class="w"> </span><span class="o">=</span><span class="w"> </span><span class="s1">'Ada'</span><span class="p">;</span>
<a id="__codelineno-0-2" name="__codelineno-0-2" href="#__codelineno-0-2"></a><span class="nx">console</span><span class="p">.</span><span class="nx">log</span><span class="p">(</span><span class="sb">\`hello </span><span class="si">\${</span><span class="nx">name</span><span class="si">}</span><span class="sb">\`</span><span class="p">);</span>
</code></pre></div>`,
    block: '.highlight',
  },
  {
    name: 'Pygments in Sphinx',
    html: `<div class="highlight-javascript notranslate"><div class="highlight"><pre><span></span><span class="linenos">1</span><span class="kd">const</span><span class="w"> </span><span class="nx">name</span> <span class="o">=</span> <span class="s1">'Ada'</span><span class="p">;</span>
<span class="linenos">2</span><span class="nx">console</span><span class="p">.</span><span class="nx">log</span><span class="p">(</span><span class="sb">\`hello \${name}\`</span><span class="p">);</span>
</pre></div></div>`,
    block: '.notranslate',
  },
  {
    name: 'Pandoc',
    html: `<div class="sourceCode" id="cb1"><pre class="sourceCode js"><code class="sourceCode javascript"><span id="cb1-1"><a href="#cb1-1" aria-hidden="true" tabindex="-1"></a><span class="kw">const</span> name <span class="op">=</span> <span class="st">'Ada'</span><span class="op">;</span></span>
<span id="cb1-2"><a href="#cb1-2" aria-hidden="true" tabindex="-1"></a><span class="bu">console</span><span class="op">.</span><span class="fu">log</span>(<span class="vs">\`hello </span><span class="sc">\${</span>name<span class="sc">}</span><span class="vs">\`</span>)<span class="op">;</span></span></code></pre></div>`,
    block: '.sourceCode',
  },
  {
    name: 'Asciidoctor',
    html: `<div class="listingblock"><div class="content"><pre class="highlight"><code class="language-js" data-lang="js">const name = 'Ada';\nconsole.log(\`hello \${name}\`);</code></pre></div></div>`,
    block: '.listingblock',
  },
  {
    name: 'Shiki in VitePress',
    html: `<div class="language-js vp-adaptive-theme line-numbers-mode"><button title="Copy Code" class="copy"></button><span class="lang">js</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0" v-pre=""><code><span class="line"><span style="--shiki-light:#D73A49;--shiki-dark:#F97583;">const</span><span style="--shiki-light:#005CC5;--shiki-dark:#79B8FF;"> name</span><span> =</span><span> 'Ada'</span><span>;</span></span>
<span class="line diff remove"><span>console.log('hello');</span></span>
<span class="line"><span>console.</span><span style="--shiki-light:#6F42C1;--shiki-dark:#B392F0;">log</span><span>(</span><span>\`hello \${</span><span>name</span><span>}\`</span><span>);</span></span></code></pre><div class="line-numbers-wrapper" aria-hidden="true"><span class="line-number">1</span><br><span class="line-number">2</span><br></div></div>`,
    block: '.language-js',
  },
  {
    name: 'Expressive Code in Starlight',
    html: `<div class="expressive-code"><figure class="frame not-content"><figcaption class="header"></figcaption><pre data-language="js" tabindex="0"><code><div class="ec-line"><div class="gutter"><div class="ln" aria-hidden="true">1</div></div><div class="code"><span style="--0:#C792EA;--1:#8844AE">const</span><span style="--0:#D6DEEB;--1:#403F53"> name = 'Ada';</span></div></div><div class="ec-line"><div class="gutter"><div class="ln" aria-hidden="true">2</div></div><div class="code"><span style="--0:#C5E478;--1:#3B61B0">console</span><span>.</span><span>log</span><span>(</span><span>\`hello \${name}\`</span><span>);</span></div></div></code></pre><div class="copy"><div aria-live="polite"></div><button title="Copy to clipboard" data-copied="Copied!"><div></div></button></div></figure></div>`,
    block: '.expressive-code',
  },
  {
    name: 'Docusaurus',
    html: `<div class="language-js codeBlockContainer_Ckt0 theme-code-block" style="--prism-color:#393A34;--prism-background-color:#f6f8fa"><div class="codeBlockContent_QJqH"><pre tabindex="0" class="prism-code language-js codeBlock_bY9V thin-scrollbar" style="color:#393A34"><code class="codeBlockLines_e6Vv"><span class="token-line" style="color:#393A34"><span class="token keyword" style="color:#00009f">const</span><span class="token plain"> name </span><span class="token operator">=</span><span class="token plain"> </span><span class="token string">'Ada'</span><span class="token punctuation">;</span><br></span><span class="token-line" style="color:#393A34"><span class="token console class-name">console</span><span class="token punctuation">.</span><span class="token method function">log</span><span class="token punctuation">(</span><span class="token template-string">\`hello \${name}\`</span><span class="token punctuation">)</span><span class="token punctuation">;</span><br></span></code></pre><div class="buttonGroup__atx"><button type="button" aria-label="Copy code to clipboard" title="Copy" class="clean-btn"><span class="copyButtonIcons_eSgA" aria-hidden="true"></span></button></div></div></div>`,
    block: '.theme-code-block',
  },
];
