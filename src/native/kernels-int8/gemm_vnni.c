/* AVX-512 VNNI: vpdpbusd adds to 16 sums of 32 bits four products of 8 bits each, without saturation.
 *
 * Packed weights: panels of 64 columns (4 vectors; the last as many as it needs), in each, for every four rows of the
 * weights, a vector of 16 columns by 4 rows. Columns and rows beyond the matrix are zero. A tile of 6 rows by 4 vectors
 * keeps 24 sums in registers, beside 4 vectors of weights and one broadcast group of four activations. */
#include "int8_gemm.h"

#include <immintrin.h>
#include <string.h>

#define LANES 16
#define PANEL 4
#define ROWS 6
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

/* sums += x * w. As an instruction of its own: gcc 12 copies the sums of its intrinsic from register to register and spills
 * them, which costs a third of the rate. */
#define ACCUMULATE(sums, x, w) __asm__("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(x), "v"(w))

static size_t groups_of(size_t k) { return (k + 3) / 4; }

static size_t vectors_of(size_t n) { return (n + LANES - 1) / LANES; }

size_t vnni_packed_bytes(size_t k, size_t n) { return groups_of(k) * vectors_of(n) * 64; }

void vnni_pack(const int8_t *weights, size_t row_stride, size_t column_stride, size_t k, size_t n, int8_t *packed) {
  const size_t vectors = vectors_of(n);
  for (size_t first = 0; first < vectors; first += PANEL) {
    const size_t width = vectors - first < PANEL ? vectors - first : PANEL;
    for (size_t group = 0; group < groups_of(k); group++)
      for (size_t lane = 0; lane < width * LANES; lane++)
        for (size_t i = 0; i < 4; i++) {
          const size_t row = 4 * group + i, column = first * LANES + lane;
          *packed++ = row < k && column < n ? weights[row * row_stride + column * column_stride] : 0;
        }
  }
}

/* ROWS and VECTORS are constants at each call, so that the sums stay in registers. */
VNNI static inline __attribute__((always_inline)) void tile(const int rows, const int vectors, const uint8_t *a,
                                                            size_t k, const int8_t *weights, int32_t *c, size_t n,
                                                            __mmask16 last) {
  __m512i sums[ROWS][PANEL];
#pragma GCC unroll 6
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++)
      sums[r][v] = _mm512_setzero_si512();

  const size_t whole = k / 4;
  for (size_t group = 0; group < whole; group++) {
    __m512i w[PANEL];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++)
      w[v] = _mm512_load_si512(weights + v * 64);
    weights += vectors * 64;
#pragma GCC unroll 6
    for (int r = 0; r < rows; r++) {
      int32_t four;
      memcpy(&four, a + r * k + 4 * group, 4);
      const __m512i x = _mm512_set1_epi32(four);
#pragma GCC unroll 4
      for (int v = 0; v < vectors; v++)
        ACCUMULATE(sums[r][v], x, w[v]);
    }
  }
  if (k % 4 != 0) {
#pragma GCC unroll 6
    for (int r = 0; r < rows; r++) {
      int32_t some = 0;
      memcpy(&some, a + r * k + 4 * whole, k % 4);
      const __m512i x = _mm512_set1_epi32(some);
#pragma GCC unroll 4
      for (int v = 0; v < vectors; v++)
        ACCUMULATE(sums[r][v], x, _mm512_load_si512(weights + v * 64));
    }
  }

#pragma GCC unroll 6
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++)
      _mm512_mask_storeu_epi32(c + r * n + v * LANES, v == vectors - 1 ? last : (__mmask16)0xffff, sums[r][v]);
}

#define TILE(R, V)                                                                                                     \
  VNNI static void tile_##R##_##V(const uint8_t *a, size_t k, const int8_t *weights, int32_t *c, size_t n,             \
                                  __mmask16 last) {                                                                    \
    tile(R, V, a, k, weights, c, n, last);                                                                             \
  }
#define TILES(R) TILE(R, 1) TILE(R, 2) TILE(R, 3) TILE(R, 4)
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)

typedef void (*tile_function)(const uint8_t *, size_t, const int8_t *, int32_t *, size_t, __mmask16);
#define ROW(R) {tile_##R##_1, tile_##R##_2, tile_##R##_3, tile_##R##_4}
static const tile_function tiles[ROWS][PANEL] = {ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6)};

VNNI void vnni_gemm(const uint8_t *a, const int8_t *packed, size_t m, size_t k, size_t n, int32_t *c) {
  const size_t vectors = vectors_of(n);
  for (size_t first = 0; first < vectors; first += PANEL) {
    const size_t width = vectors - first < PANEL ? vectors - first : PANEL;
    const size_t columns = n - first * LANES < width * LANES ? n - first * LANES : width * LANES;
    const __mmask16 last = (__mmask16)(0xffffu >> (width * LANES - columns));
    for (size_t row = 0; row < m; row += ROWS) {
      const size_t rows = m - row < ROWS ? m - row : ROWS;
      tiles[rows - 1][width - 1](a + row * k, k, packed, c + row * n + first * LANES, n, last);
    }
    packed += groups_of(k) * width * 64;
  }
}
