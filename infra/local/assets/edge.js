// Runs CloudFront Functions: for each line `{"index": …, "event": …}` a line with what the function made of it.
const vm = require('node:vm');
const readline = require('node:readline');

const handlers = JSON.parse(process.argv[1]).map((code) => vm.runInNewContext(`${code}\n;handler`));

const run = async ({ index, event }) => {
  try {
    return { request: await handlers[index](event) };
  } catch (error) {
    return { error: String(error) };
  }
};

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
});
