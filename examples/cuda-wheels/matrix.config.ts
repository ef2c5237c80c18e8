/** Wheels for CUDA: each CUDA has its Pythons, cudnn variants, and platforms. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'registry.example.com/acme/wheels',
  source: { file: 'releases.json' },
  dockerfile: 'Dockerfile',
  base: 'nvidia/cuda:{{cuda}}-runtime-ubuntu24.04',
  platforms: ['linux/amd64', 'linux/arm64'],
  pythons: {
    '3.10': { where: { cuda: ['cpu', '11.8', '12.4'] } },
    '3.11': '*',
    '3.12': { where: { cuda: ['cpu', '12.4', '12.8'] } },
  },
  axes: {
    cuda: {
      cpu: { tag: '', base: 'ubuntu:24.04' },
      '11.8': { tag: 'cuda11.8', platforms: ['linux/amd64'], range: '<2' },
      '12.4': { tag: 'cuda12.4' },
      '12.8': { tag: 'cuda12.8', since: '1.1.0', aliases: [{ name: 'gpu', since: '1.1.0' }] },
    },
    variant: {
      plain: { tag: '' },
      cudnn: { where: { cuda: ['12.4', '12.8'] }, target: 'cudnn', platforms: ['linux/amd64'] },
    },
  },
  defaults: { python: ['3.12', '3.11'] },
  rules: {
    full: { template: '{{version}}-py{{python}}-{{cuda}}-{{variant}}' },
    sha: false,
    minor: false,
    major: { template: '{{major}}-{{cuda}}-{{variant}}', only: { python: 'default' } },
    latest: { template: '{{cuda}}-{{variant}}', only: { python: 'default' } },
  },
});
