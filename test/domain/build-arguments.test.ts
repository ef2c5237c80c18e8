import { expect, test } from 'vitest';
import { argumentReferences, axisArgument, qualifiedName } from '../../src/domain/build-arguments.ts';

test.each([
  { image: 'python:3.12-slim', name: 'docker.io/library/python:3.12-slim' },
  { image: 'continuumio/miniconda3:26.5.3', name: 'docker.io/continuumio/miniconda3:26.5.3' },
  { image: 'index.docker.io/a/b:1', name: 'docker.io/a/b:1' },
  { image: 'localhost:5000/a', name: 'localhost:5000/a' },
  { image: 'acme/${FLAVOR}:${VERSION}', name: 'docker.io/acme/${FLAVOR}:${VERSION}' },
])('$image is $name', ({ image, name }) => {
  expect(qualifiedName(image)).toBe(name);
});

test.each([
  { axis: 'python', argument: 'PYTHON' },
  { axis: 'cudaVersion', argument: 'CUDA_VERSION' },
  { axis: 'cuda-version', argument: 'CUDA_VERSION' },
])('the axis $axis is the build argument $argument', ({ axis, argument }) => {
  expect(axisArgument(axis)).toBe(argument);
});

test('a template over a cell becomes one over build arguments', () => {
  expect(argumentReferences({ python: null, flavor: 'conda', cudaVersion: null })).toEqual({
    version: '${VERSION}',
    revision: '${REVISION}',
    python: '${PYTHON}',
    flavor: 'conda',
    cudaVersion: '${CUDA_VERSION}',
  });
});
