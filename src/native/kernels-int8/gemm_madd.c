/* AVX2: vpmaddwd multiplies 16-bit integers and adds neighbours to 32 bits. Both operands are widened, so that nothing can
 * saturate: at most 2 * 255 * 128. (vpmaddubsw on 8 bits would.)
 *
 * Packed weights: panels of 16 columns (2 vectors), in each, for every two rows of the weights, 16 columns by 2 rows of 16
 * bits. Columns and rows beyond the matrix are zero. Activations are widened a block of rows at a time, K in pieces that
 * stay in the first-level cache. A tile of 6 rows by 2 vectors keeps 12 sums in registers. */
#include "int8_gemm.h"

#include <immintrin.h>
#include <string.h>

#define LANES 8
#define COLUMNS (2 * LANES)
#define ROWS 6
#define PIECE 1024
#define MADD __attribute__((target("avx2")))

static size_t pairs_of(size_t k) { return (k + 1) / 2; }

static size_t panels_of(size_t n) { return (n + COLUMNS - 1) / COLUMNS; }

size_t madd_packed_bytes(size_t k, size_t n) { return pairs_of(k) * panels_of(n) * COLUMNS * 2 * sizeof(int16_t); }

void madd_pack(const int8_t *weights, size_t row_stride, size_t column_stride, size_t k, size_t n, int16_t *packed) {
  for (size_t first = 0; first < n; first += COLUMNS)
    for (size_t pair = 0; pair < pairs_of(k); pair++)
      for (size_t lane = 0; lane < COLUMNS; lane++)
        for (size_t i = 0; i < 2; i++) {
          const size_t row = 2 * pair + i, column = first + lane;
          *packed++ = row < k && column < n ? weights[row * row_stride + column * column_stride] : 0;
        }
}

/* Widens one row; a last odd element is followed by a zero. */
MADD static void widen(const uint8_t *from, size_t count, int16_t *to) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    _mm256_store_si256((__m256i *)(to + i), _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(from + i))));
  for (; i < count; i++)
    to[i] = from[i];
  if (count % 2 != 0)
    to[count] = 0;
}

/* ROWS is a constant at each call. Adds to what the sums hold when K is in pieces. */
MADD static inline __attribute__((always_inline)) void tile(const int rows, const int16_t *wide, size_t pairs,
                                                            const int16_t *weights, int32_t *sums, size_t stride,
                                                            int adds) {
  __m256i low[ROWS], high[ROWS];
#pragma GCC unroll 6
  for (int r = 0; r < rows; r++) {
    low[r] = adds ? _mm256_loadu_si256((const __m256i *)(sums + r * stride)) : _mm256_setzero_si256();
    high[r] = adds ? _mm256_loadu_si256((const __m256i *)(sums + r * stride + LANES)) : _mm256_setzero_si256();
  }
  for (size_t pair = 0; pair < pairs; pair++) {
    const __m256i w0 = _mm256_load_si256((const __m256i *)(weights + pair * 2 * COLUMNS));
    const __m256i w1 = _mm256_load_si256((const __m256i *)(weights + pair * 2 * COLUMNS + COLUMNS));
#pragma GCC unroll 6
    for (int r = 0; r < rows; r++) {
      int32_t two;
      memcpy(&two, wide + r * PIECE + 2 * pair, 4);
      const __m256i x = _mm256_set1_epi32(two);
      low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(x, w0));
      high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(x, w1));
    }
  }
#pragma GCC unroll 6
  for (int r = 0; r < rows; r++) {
    _mm256_storeu_si256((__m256i *)(sums + r * stride), low[r]);
    _mm256_storeu_si256((__m256i *)(sums + r * stride + LANES), high[r]);
  }
}

#define TILE(R)                                                                                                        \
  MADD static void tile_##R(const int16_t *wide, size_t pairs, const int16_t *weights, int32_t *sums, size_t stride,   \
                            int adds) {                                                                                \
    tile(R, wide, pairs, weights, sums, stride, adds);                                                                 \
  }
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)

typedef void (*tile_function)(const int16_t *, size_t, const int16_t *, int32_t *, size_t, int);
static const tile_function tiles[ROWS] = {tile_1, tile_2, tile_3, tile_4, tile_5, tile_6};

/* A panel with fewer columns than a tile goes through a tile of its own. */
static void narrow(const int16_t *wide, size_t rows, size_t pairs, const int16_t *weights, int32_t *c, size_t n,
                   size_t columns, int adds) {
  int32_t sums[ROWS * COLUMNS] = {0};
  if (adds)
    for (size_t r = 0; r < rows; r++)
      memcpy(sums + r * COLUMNS, c + r * n, columns * sizeof(int32_t));
  tiles[rows - 1](wide, pairs, weights, sums, COLUMNS, adds);
  for (size_t r = 0; r < rows; r++)
    memcpy(c + r * n, sums + r * COLUMNS, columns * sizeof(int32_t));
}

MADD void madd_gemm(const uint8_t *a, const int16_t *packed, size_t m, size_t k, size_t n, int32_t *c) {
  _Alignas(32) int16_t wide[ROWS * PIECE];
  const size_t panel = pairs_of(k) * 2 * COLUMNS;
  for (size_t row = 0; row < m; row += ROWS) {
    const size_t rows = m - row < ROWS ? m - row : ROWS;
    for (size_t from = 0; from < k; from += PIECE) {
      const size_t length = k - from < PIECE ? k - from : PIECE;
      for (size_t r = 0; r < rows; r++)
        widen(a + (row + r) * k + from, length, wide + r * PIECE);
      const int16_t *weights = packed + from / 2 * 2 * COLUMNS;
      for (size_t first = 0; first < n; first += COLUMNS, weights += panel) {
        int32_t *to = c + row * n + first;
        if (n - first >= COLUMNS)
          tiles[rows - 1](wide, pairs_of(length), weights, to, n, from > 0);
        else
          narrow(wide, rows, pairs_of(length), weights, to, n, n - first, from > 0);
      }
    }
  }
}
