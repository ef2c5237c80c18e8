import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rolldown } from 'tsdown';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

/** Writes the licenses of the packages that ended up in a bundle beside it: most of them ask for that. */
export function thirdPartyLicenses(fileName: string): Rolldown.Plugin {
  return {
    name: 'third-party-licenses',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((output) => (output.type === 'chunk' ? output.moduleIds : []));
      const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
      const packages = [...folders].map(readPackage);
      const unique = new Map(packages.map((entry) => [`${entry.name} ${entry.version}`, entry]));
      const sections = [...unique].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => section(entry));
      this.emitFile({ type: 'asset', fileName, source: sections.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

function readPackage(folder: string): Package {
  const manifest: { name: string; version: string; license?: string } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((name) => /^(?:licen[cs]e|copying)(?:\.|-|$)/i.test(name));
  return {
    name: manifest.name,
    version: manifest.version,
    license: manifest.license ?? 'not stated',
    text: file === undefined ? '' : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim(),
  };
}

function section({ name, version, license, text }: Package): string {
  return `${name} ${version}\nLicense: ${license}\n${text === '' ? '' : `\n${text}\n`}`;
}
