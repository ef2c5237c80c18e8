import type { MatrixConfig } from '../../src/config/matrix-config.ts';

/** Eleven cells a release, as Prefect's 2.11 had: four Pythons, three flavors, one cell left out; two platforms. */
export const elevenCells: MatrixConfig = {
  repository: 'registry.example/acme/app',
  pythons: ['3.8', '3.9', '3.10', '3.11'],
  flavors: {
    standard: { dockerfile: 'Dockerfile' },
    conda: { dockerfile: 'conda.Dockerfile', suffix: '-conda' },
    kubernetes: { dockerfile: 'kubernetes.Dockerfile', suffix: '-kubernetes' },
  },
  platforms: ['linux/amd64', 'linux/arm64'],
  defaults: { python: { '1': '3.10' } },
  rules: { latest: { template: '{{major}}-latest{{suffix}}' } },
  exclude: [{ python: '3.11', flavor: 'conda', reason: 'conda has no Python 3.11 yet' }],
};
