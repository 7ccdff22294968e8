// Runs the built command several times in one process: starting Node and loading all modules each time
// would take longer than all tests together. Reads a JSON list of { args, cwd } from its argument and
// prints a JSON list of { code, stdout, stderr }.
const main = new URL('../../../dist/src/cli/main.js', import.meta.url).href;
const write = process.stdout.write.bind(process.stdout);
const ended = [];
for (const [index, { args, cwd }] of JSON.parse(process.argv[2]).entries()) {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    process[name].write = (text) => {
      texts[name] += text;
      return true;
    };
  }
  process.chdir(cwd);
  process.argv = [process.execPath, 'orderwatch', ...args];
  process.exitCode = undefined;
  // Another query is another module: the command starts anew, what it imports is loaded already.
  await import(`${main}?run=${index}`);
  ended.push({ code: process.exitCode, ...texts });
}
process.exitCode = 0;
write(JSON.stringify(ended));
