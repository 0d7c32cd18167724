"""Convolution of fields on cells with kernels on a lattice, by real FFTs on a zero-padded grid."""

from __future__ import annotations

import numpy as np
from scipy import fft

from .prism import jit
from .threads import over_rows, threads


@jit
def _add_products(first, last, total, spectra, kernels):
    """total += Σ_k kernels[k]·spectra[k]; kernels may be real and hold the rows 0..Ny/2 alone, being even."""
    count, ny, nx = spectra.shape
    even = kernels.shape[1] != ny
    for row in range(first, last):
        at = min(row, ny - row) if even else row
        for k in range(count):
            for col in range(nx):
                total[row, col] += kernels[k, at, col] * spectra[k, row, col]


@jit
def _add_adjoint_products(first, last, total, spectrum, kernels):
    """total[k] += conj(kernels[k])·spectrum: `_add_products` backwards."""
    count, ny, nx = total.shape
    even = kernels.shape[1] != ny
    for row in range(first, last):
        at = min(row, ny - row) if even else row
        for k in range(count):
            for col in range(nx):
                total[k, row, col] += np.conj(kernels[k, at, col]) * spectrum[row, col]


@jit
def _add_pairs(first, last, totals, spectra, kernels, inputs, outputs):
    """totals[outputs[p]] += kernels[p]·spectra[inputs[p]] for all pairs p; kernels real, rows 0..Ny/2."""
    _, ny, nx = totals.shape
    for row in range(first, last):
        at = min(row, ny - row)
        for p in range(inputs.size):
            k, m = inputs[p], outputs[p]
            for col in range(nx):
                totals[m, row, col] += kernels[p, at, col] * spectra[k, row, col]


def add_products(total: np.ndarray, spectra: np.ndarray, kernels: np.ndarray) -> None:
    over_rows(_add_products, total.shape[0], 4 * spectra.size, total, spectra, kernels)


def add_adjoint_products(total: np.ndarray, spectrum: np.ndarray, kernels: np.ndarray) -> None:
    over_rows(_add_adjoint_products, total.shape[1], 4 * total.size, total, spectrum, kernels)


def add_pairs(
    totals: np.ndarray, spectra: np.ndarray, kernels: np.ndarray, inputs: np.ndarray, outputs: np.ndarray
) -> None:
    """totals[outputs[p]] += kernels[p]·spectra[inputs[p]] for all pairs p. The kernels are even, so it is its own adjoint
    with inputs and outputs exchanged."""
    operations = 4 * inputs.size * totals[0].size
    over_rows(_add_pairs, totals.shape[1], operations, totals, spectra, kernels, inputs, outputs)


def single(array: np.ndarray) -> np.ndarray:
    """The same in single precision."""
    return array.astype(np.complex64 if np.iscomplexobj(array) else np.float32)


class PaddedGrid:
    """A periodic grid large enough that a convolution does not wrap around.

    Parameters
    ----------
    cells : (int, int)
        Rows and columns of the field that is convolved; its first cell is the lattice's point (0, 0).
    start, count : (int, int)
        First lattice point of the result, and how many there are, by rows and columns.
    """

    def __init__(self, cells: tuple[int, int], start: tuple[int, int], count: tuple[int, int]) -> None:
        self.cells, self.start, self.count = cells, start, count
        reach = [max(n - 1 - a, a + c - 1) for n, a, c in zip(cells, start, count, strict=True)]
        self.shape = _good_size(2 * reach[0] + 1), _good_size(2 * reach[1] + 1)

    @property
    def spectrum_shape(self) -> tuple[int, int]:
        return self.shape[0], self.shape[1] // 2 + 1

    @property
    def size(self) -> int:
        return self.shape[0] * self.shape[1]

    def spectra_of_cells(self, fields: np.ndarray) -> np.ndarray:
        """Transforms of fields on the cells (k, ny, nx); rows that are only padding are not transformed twice."""
        workers = threads(fields.size)
        rows = fft.rfft(fields, n=self.shape[1], axis=-1, workers=workers)
        return fft.fft(rows, n=self.shape[0], axis=-2, workers=workers)

    def spectra_in(self, room: np.ndarray, fields: np.ndarray) -> np.ndarray:
        """`spectra_of_cells` in an array (k, *spectrum_shape) that is kept: new memory costs as much as the transform."""
        workers = threads(fields.size)
        ny = fields.shape[1]
        room[:, :ny] = fft.rfft(fields, n=self.shape[1], axis=-1, workers=workers)
        room[:, ny:] = 0.0
        return fft.fft(room, axis=-2, workers=workers, overwrite_x=True)

    spectra_of_results = spectra_of_cells  # the same transform; where the array begins is settled on the way back

    def results(self, spectra: np.ndarray) -> np.ndarray:
        """Back to the lattice points of the result (k, rows, columns). The spectra are overwritten."""
        return self._back(spectra, self.start, self.count)

    def on_cells(self, spectra: np.ndarray) -> np.ndarray:
        """Back to the cells (k, ny, nx), of products with spectra of results. The spectra are overwritten."""
        return self._back(spectra, (-self.start[0], -self.start[1]), self.cells)

    def _back(self, spectra: np.ndarray, start: tuple[int, int], count: tuple[int, int]) -> np.ndarray:
        workers = threads(spectra.size)
        rows = fft.ifft(spectra, axis=-2, workers=workers, overwrite_x=True)
        rows = rows[:, _window(start[0], count[0], self.shape[0])]
        fields = fft.irfft(rows, n=self.shape[1], axis=-1, workers=workers)
        return fields[:, :, _window(start[1], count[1], self.shape[1])]

    def even_offsets(self) -> tuple[np.ndarray, np.ndarray]:
        """Offsets 0..N/2 by rows and columns, in cells: all that an even kernel needs."""
        return np.arange(self.shape[0] // 2 + 1.0), np.arange(self.shape[1] // 2 + 1.0)

    def all_offsets(self, shift: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
        """Offsets from a cell to each lattice point, shifted by parts of a cell, in the FFT's order."""
        rows, columns = (fft.fftfreq(n, 1.0 / n) + s for n, s in zip(self.shape, shift, strict=True))
        return rows, columns

    def even_kernel_spectra(self, kernels: np.ndarray) -> np.ndarray:
        """Of kernels (k, Ny/2+1, Nx/2+1) at `even_offsets`: real, rows 0..Ny/2. The kernels are overwritten."""
        return fft.dctn(kernels, type=1, axes=(-2, -1), workers=threads(kernels.size), overwrite_x=True)

    def kernel_spectra(self, kernels: np.ndarray) -> np.ndarray:
        """Of kernels (k, Ny, Nx) at `all_offsets`: complex."""
        return fft.rfft2(kernels, workers=threads(kernels.size))


def _good_size(least: int) -> int:
    """The next even size that transforms quickly."""
    size = fft.next_fast_len(max(least, 2), real=True)
    while size % 2:
        size = fft.next_fast_len(size + 1, real=True)
    return size


def _window(start: int, count: int, period: int) -> slice | np.ndarray:
    if 0 <= start and start + count <= period:
        return slice(start, start + count)
    return np.arange(start, start + count) % period
