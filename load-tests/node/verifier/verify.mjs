// Opens and verifies what gateways made, from docs/develop/wire-format.md alone.
//
//   node verifier/verify.mjs [--json] FILE…
//
// A file holds {"cases": [CASE, …]} or is one of the project's vector files. A case has a name, a
// format (a name in formats.mjs), what the format asks for as fields (bytes in hex), and perhaps
// what is expected: "ok", "refused" or the code of a refusal. Prints a line for each case: ok, or
// refused with code and reason; with --json one JSON object a line. Exits with 0 where nothing was
// refused that was not expected to be, 1 otherwise, 2 for a wrong call, 3 where the verifier itself
// failed on a case.
import { readFileSync } from 'node:fs';
import { Refused } from './bytes.mjs';
import { formats } from './formats.mjs';
import { casesOf } from './vectors.mjs';

const judge = (one) => {
  const format = formats[one.format];
  if (format === undefined) {
    throw new TypeError(`no format ${one.format}`);
  }
  try {
    return { result: 'ok', value: format(one) };
  } catch (error) {
    if (error instanceof Refused) {
      return { result: 'refused', code: error.code, reason: error.message };
    }
    return { result: 'broken', code: 'BROKEN', reason: String(error.stack ?? error) };
  }
};

const isExpected = ({ result, code }, expect = 'ok') => [result, code].includes(expect);

const args = process.argv.slice(2);
const json = args[0] === '--json';
const files = json ? args.slice(1) : args;
if (files.length === 0 || files.some((file) => file.startsWith('--'))) {
  console.error('node verifier/verify.mjs [--json] FILE…');
  process.exit(2);
}

const lines = [];
const count = { cases: 0, ok: 0, refused: 0, broken: 0, unexpected: 0 };
for (const file of files) {
  for (const one of casesOf(JSON.parse(readFileSync(file, 'utf8')))) {
    const verdict = judge(one);
    const expected = isExpected(verdict, one.expect);
    count.cases += 1;
    count[verdict.result] += 1;
    count.unexpected += expected ? 0 : 1;
    if (json) {
      lines.push(JSON.stringify({ name: one.name, ...verdict }));
    } else {
      const why = verdict.result === 'ok' ? '' : `  ${verdict.code}: ${verdict.reason}`;
      const mark = expected ? '' : `  (expected ${one.expect ?? 'ok'})`;
      lines.push(`${verdict.result.padEnd(7)}  ${one.format}  ${one.name}${why}${mark}`);
    }
  }
}
if (!json) {
  lines.push(
    `${count.cases} cases: ${count.ok} ok, ${count.refused} refused, ${count.broken} broken; ` +
      `${count.unexpected} not as expected`,
  );
}
console.log(lines.join('\n'));
process.exitCode = count.broken > 0 ? 3 : Math.min(count.unexpected, 1);
