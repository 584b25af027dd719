// The protocol's own client for TypeScript: lists a server's tools, calls some, and prints what it gets.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const { command: [command, ...args], cwd, env, steps } = JSON.parse(process.argv[2]);
const client = new Client({ name: "claude-code", version: "1" }, { capabilities: {} });
await client.connect(new StdioClientTransport({ command, args, cwd, env, stderr: "ignore" }));
const { tools } = await client.listTools();
const results = [];
for (const [, name, given] of steps) {
  try {
    results.push(await client.callTool({ name, arguments: given }));
  } catch (error) {
    results.push({ error: { code: error.code, message: error.message } });
  }
}
await client.close();
console.log(JSON.stringify({ tools, results }));
