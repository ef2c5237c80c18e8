/** An npm registry on loopback with the packages that tagwright needs at run time, as this machine has them installed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { listenOnLoopback, type LoopbackServer } from '../loopback.ts';

interface Package {
  readonly name: string;
  readonly version: string;
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>;
}

/** A tarball of each into the folder; a package may be there in several versions. */
export function packDependencies(root: string, folder: string): readonly Package[] {
  const lock: LockFile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const found = new Map<string, Package>();
  for (const [path, { version, dev }] of Object.entries(lock.packages)) {
    const name = /(?:^|\/)node_modules\/(?<name>(?:@[^/]+\/)?[^/]+)$/.exec(path)?.groups?.['name'];
    if (name === undefined || version === undefined || dev === true || found.has(`${name}@${version}`)) continue;
    found.set(`${name}@${version}`, { name, version });
    mkdirSync(folder, { recursive: true });
    const file = join(folder, fileOf({ name, version }));
    const inner = ['--exclude=./node_modules', '--transform=s,^\\.,package,'];
    execFileSync('tar', ['-czf', file, ...inner, '-C', join(root, path), '.']);
  }
  return [...found.values()];
}

export async function servePackages(folder: string, packages: readonly Package[]): Promise<LoopbackServer> {
  const server = createServer(({ url = '/', headers }, response) => {
    const path = decodeURIComponent(url);
    if (path.endsWith('.tgz')) {
      response.end(readFileSync(join(folder, path.slice(path.lastIndexOf('/') + 1))));
      return;
    }
    const versions = packages.filter(({ name }) => `/${name}` === path);
    const manifests = versions.map((one): [string, object] => {
      const text = execFileSync('tar', ['-xzOf', join(folder, fileOf(one)), 'package/package.json'], {
        encoding: 'utf8',
      });
      const dist = { tarball: `http://${headers.host ?? ''}/${fileOf(one)}` };
      return [one.version, { ...JSON.parse(text), dist }];
    });
    const body = { name: path.slice(1), 'dist-tags': {}, versions: Object.fromEntries(manifests) };
    response.writeHead(versions.length > 0 ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  return listenOnLoopback(server);
}

function fileOf({ name, version }: Package): string {
  return `${name.replace('/', '+')}-${version}.tgz`;
}
