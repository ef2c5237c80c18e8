/** The package as it is published, installed into an empty folder. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Installed {
  /** With `node_modules` in it. */
  readonly folder: string;
  readonly tarball: string;
  /** Of what an install downloads, packed. */
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Folders of `node_modules`, scoped ones by their full name. */
  readonly packages: readonly string[];
  /** What npm said on stderr. */
  readonly warnings: string;
  remove(): void;
}

/** Builds, packs and installs with an empty cache and no network: the package depends on nothing. */
export function installPacked(): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'tagwright-package-'));
  const tsdown = join(root, 'node_modules/tsdown/dist/run.mjs');
  for (const name of ['cli', 'library']) {
    execFileSync(process.execPath, [tsdown, '--filter', name, '--logLevel', 'error'], { cwd: root, stdio: 'pipe' });
  }
  const tarball = pack(root, folder);
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const args = ['install', '--offline', '--cache', join(folder, 'cache'), tarball];
  const env = { PATH: process.env['PATH'], HOME: home };
  const warnings = execFileSync('sh', ['-c', 'npm "$@" 2>&1 >/dev/null', 'npm', ...args], { cwd: folder, env });
  const modules = join(folder, 'node_modules');
  return {
    folder,
    tarball,
    packedBytes: statSync(tarball).size,
    unpackedBytes: sizeOf(modules),
    packages: packagesIn(modules),
    warnings: warnings.toString(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @returns the path of the tarball */
function pack(from: string, to: string): string {
  const text = execFileSync('npm', ['pack', from, '--json', '--ignore-scripts', '--pack-destination', to], {
    cwd: to,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString();
  const packed: Record<string, { readonly filename: string }> = JSON.parse(text);
  const [first] = Object.values(packed);
  if (first === undefined) throw new Error(`npm packed nothing of ${from}`);
  return join(to, first.filename);
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((one) => `${name}/${one}`) : [name],
    );
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
