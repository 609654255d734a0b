/** What this folder uses of Eleventy, which comes without types. */
declare module '@11ty/eleventy' {
  export interface Page {
    readonly url: string;
    readonly inputPath: string;
    readonly outputPath: string;
  }
  export interface TransformContext {
    readonly page: Page;
  }
  export interface EleventyConfig {
    setIncludesDirectory(folder: string): void;
    setQuietMode(quiet: boolean): void;
    addExtension(name: string, options: { readonly key: string }): void;
    addTemplateFormats(formats: string): void;
    addGlobalData(name: string, value: unknown): void;
    addTemplate(path: string, content: string, data?: Readonly<Record<string, unknown>>): void;
    addPassthroughCopy(paths: Readonly<Record<string, string>>): void;
    addTransform(name: string, transform: (this: TransformContext, content: string) => string | Promise<string>): void;
    addWatchTarget(path: string): void;
    amendLibrary(name: 'md', change: (library: import('./markdown.ts').MarkdownIt) => void): void;
    on(event: 'eleventy.before' | 'eleventy.after', listener: () => void | Promise<void>): void;
    setServerPassthroughCopyBehavior(behaviour: 'copy' | 'passthrough'): void;
  }
  export default class Eleventy {
    constructor(
      input: string,
      output: string,
      options: { readonly quietMode?: boolean; readonly config?: (config: EleventyConfig) => void | Promise<void> },
    );
    init(): Promise<void>;
    write(): Promise<unknown>;
    watch(): Promise<void>;
    serve(port: number): Promise<void>;
  }
}
