import { BvContainer, BvEditor, BvPreview, BvTerminal } from 'bavini/react';
import server from './project/server.js?raw';

export function LiveServer() {
  return (
    <>
      <h1>A live server</h1>
      <p>
        Press <b>Run</b>, then edit the code.
      </p>
      <BvContainer>
        <pre path="package.json">{'{ "type": "module" }'}</pre>
        <pre path="server.js">{server}</pre>
        <BvEditor file="server.js" />
        <BvTerminal command="node --watch server.js" />
        <BvPreview port={3000} />
      </BvContainer>
    </>
  );
}
