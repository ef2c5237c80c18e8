import { readdirSync, readFileSync } from 'node:fs';
import { renderDockerfile, type DockerfileBase } from '../../src/render/dockerfile.ts';
import type { Result } from '../../src/domain/result.ts';
import type { TemplateSource } from '../../src/render/template-input.ts';

/** The flavors whose Dockerfiles this project ships, and the bases its matrix.config.ts gives them. */
export const shippedFlavors: Readonly<Record<string, DockerfileBase>> = {
  standard: { image: 'python:${PYTHON}-slim' },
  conda: { image: 'continuumio/miniconda3:26.5.3' },
  kubernetes: { image: 'python:${PYTHON}-slim' },
};

export function readPartials(folder: string): Record<string, TemplateSource> {
  const files = readdirSync(folder).sort();
  return Object.fromEntries(
    files.map((file) => [
      file.replace(/\.hbs$/, ''),
      { path: `${folder}/${file}`, text: readFileSync(`${folder}/${file}`, 'utf8') },
    ]),
  );
}

export function renderShipped(flavor: string, change?: (template: string) => string): Result<string> {
  const path = `dockerfiles/${flavor}.Dockerfile.hbs`;
  const text = readFileSync(path, 'utf8');
  return renderDockerfile({
    template: { path, text: change?.(text) ?? text },
    partials: readPartials('dockerfiles/partials'),
    axes: { flavor },
    dockerfile: `dockerfiles/${flavor}.Dockerfile`,
    base: shippedFlavors[flavor] ?? { image: 'scratch' },
  });
}
