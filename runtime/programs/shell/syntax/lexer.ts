/**
 * Reads words, operators and here-documents from the text of a shell program. Which words are reserved is the parser's
 * business: the language has no context-free tokens.
 */
import type { List, Word } from './ast.ts';
import { ParameterReader } from './parameter-reader.ts';

export interface HereDocument {
  readonly redirection: { target: Word };
  readonly delimiter: string;
  readonly expand: boolean;
  readonly stripTabs: boolean;
}

export abstract class Lexer extends ParameterReader {
  #documents: HereDocument[] = [];

  protected abstract override within(text: string, line: number): Lexer & { readAll(): List };

  /** After a newline come the here-documents that its line announced. */
  protected override takeOperator(operator: string): void {
    super.takeOperator(operator);
    if (operator === '\n') this.finishDocuments();
  }

  protected expectDocument(document: HereDocument): void {
    this.#documents.push(document);
  }

  /** Reads the here-documents that were announced: they begin here. */
  protected finishDocuments(): void {
    for (const document of this.#documents.splice(0)) {
      let body = '';
      let closed = false;
      const from = this.line;
      while (this.at < this.text.length) {
        let end = this.text.indexOf('\n', this.at);
        if (end < 0) end = this.text.length;
        let lineText = this.text.slice(this.at, end);
        this.at = Math.min(end + 1, this.text.length);
        this.line++;
        if (document.stripTabs) lineText = lineText.replace(/^\t+/, '');
        if (lineText === document.delimiter) {
          closed = true;
          break;
        }
        // A continued line joins before it is compared, save where the delimiter was quoted.
        if (document.expand && /(^|[^\\])(\\\\)*\\$/.test(lineText) && this.at < this.text.length) body += lineText.slice(0, -1);
        else body += `${lineText}\n`;
      }
      if (!closed) this.unclosedDocument(document, from);
      document.redirection.target = document.expand
        ? this.within(body, from).readDocumentBody()
        : { parts: [{ kind: 'quoted', text: body }], source: body };
    }
  }

  /** The end of the text ends a here-document too; the interactive shell asks for more. */
  protected unclosedDocument(_document: HereDocument, _line: number): void {}

  /** The whole text as the inside of a here-document. */
  readDocumentBody(): Word {
    const parts = this.readDoubleQuoted(undefined);
    return { parts: [{ kind: 'double', parts }], source: this.text };
  }
}
