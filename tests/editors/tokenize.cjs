// Prints the tokens of a text by VS Code's own tokenizer: node tokenize.cjs GRAMMAR < TEXT, as [[[text, scopes], ...], ...] by line.
"use strict";
const fs = require("node:fs");
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

async function main() {
  await oniguruma.loadWASM(fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(process.argv[2], "utf8"), process.argv[2]),
  });
  const grammar = await registry.loadGrammar("text.agentowners");
  let stack = textmate.INITIAL;
  const lines = fs.readFileSync(0, "utf8").split("\n").map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    return tokens.map((token) => [line.slice(token.startIndex, token.endIndex), token.scopes.slice(1)]);
  });
  process.stdout.write(JSON.stringify(lines));
}
main();
