// The committed bundle of the action, `action/`: what `npm run build` put into dist/action/. GitHub runs the file that is
// in the git repository, so it has to be there; CI builds it anew and compares.
//
//   node scripts/bundle.mjs          copy the build to action/
//   node scripts/bundle.mjs --check  compare, exit code 1 where they differ
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const files = ['index.js', 'licenses.txt'];
const built = (name) => new URL(`dist/action/${name}`, root);
const committed = (name) => new URL(`action/${name}`, root);

process.exitCode = main(process.argv.includes('--check'));

/** @returns {number} the exit code */
function main(check) {
  if (!files.every((name) => existsSync(built(name)))) {
    console.error('bundle: dist/action is not there; run npm run build');
    return 1;
  }
  if (!check) {
    mkdirSync(new URL('action/', root), { recursive: true });
    for (const name of files) copyFileSync(built(name), committed(name));
    console.error('bundle: action/ is what was built');
    return 0;
  }
  const different = files.filter(
    (name) => !existsSync(committed(name)) || !readFileSync(built(name)).equals(readFileSync(committed(name))),
  );
  for (const name of different) console.error(`bundle: action/${name} is not what is built; run npm run bundle`);
  return different.length === 0 ? 0 : 1;
}
