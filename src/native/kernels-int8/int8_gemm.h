/* Exact products of unsigned by signed 8-bit integers: c (m x n, int32) = a (m x k, uint8) times weights (k x n, int8).
 * Every sum is the exact one modulo 2^32; with k up to 65,793 it is the exact one. All matrices are row-major and
 * contiguous. Nothing here allocates, blocks or keeps state. */
#ifndef SIMEVAL_INT8_GEMM_H
#define SIMEVAL_INT8_GEMM_H

#include <stddef.h>
#include <stdint.h>

#define SIMEVAL_EXPORT __attribute__((visibility("default")))

/* Changes when a signature or the packed layout does. */
#define SIMEVAL_INT8_VERSION 1

/* What multiplies. A processor may have several; each has a packed layout of its own. */
enum {
  SIMEVAL_INT8_MADD_256 = 1,  /* AVX2 vpmaddwd on operands widened to 16 bits */
  SIMEVAL_INT8_MADD_512 = 2,  /* AVX-512BW vpmaddwd; only a peak, no product */
  SIMEVAL_INT8_VNNI_512 = 3,  /* AVX-512 VNNI vpdpbusd */
};

SIMEVAL_EXPORT int32_t simeval_int8_version(void);

/* Whether this processor and operating system run the instructions: 1 or 0. */
SIMEVAL_EXPORT int32_t simeval_int8_has(int32_t instructions);

/* Bytes of packed weights. */
SIMEVAL_EXPORT size_t simeval_int8_packed_bytes(int32_t instructions, size_t k, size_t n);

/* Packs weights; element (row, column) is at row * row_stride + column * column_stride. packed is 64-byte aligned. */
SIMEVAL_EXPORT void simeval_int8_pack(int32_t instructions, const int8_t *weights, size_t row_stride,
                                      size_t column_stride, size_t k, size_t n, void *packed);

/* The product. */
SIMEVAL_EXPORT void simeval_int8_gemm(int32_t instructions, const uint8_t *a, const void *packed, size_t m, size_t k,
                                      size_t n, int32_t *c);

/* Repeats the bare instruction on registers, so many rounds, and returns the 8-bit multiply-adds that they stand for:
 * what a product on this processor cannot pass. 0 where the instructions are absent. */
SIMEVAL_EXPORT uint64_t simeval_int8_peak(int32_t instructions, uint64_t rounds);

/* Of gemm_vnni.c and gemm_madd.c. */
size_t vnni_packed_bytes(size_t k, size_t n);
void vnni_pack(const int8_t *weights, size_t row_stride, size_t column_stride, size_t k, size_t n, int8_t *packed);
void vnni_gemm(const uint8_t *a, const int8_t *packed, size_t m, size_t k, size_t n, int32_t *c);
size_t madd_packed_bytes(size_t k, size_t n);
void madd_pack(const int8_t *weights, size_t row_stride, size_t column_stride, size_t k, size_t n, int16_t *packed);
void madd_gemm(const uint8_t *a, const int16_t *packed, size_t m, size_t k, size_t n, int32_t *c);

#endif
