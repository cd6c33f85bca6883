/* The exported functions: a choice by instruction set. */
#include "int8_gemm.h"

int32_t simeval_int8_version(void) { return SIMEVAL_INT8_VERSION; }

int32_t simeval_int8_has(int32_t instructions) {
  __builtin_cpu_init();
  switch (instructions) {
  case SIMEVAL_INT8_MADD_256:
    return __builtin_cpu_supports("avx2") != 0;
  case SIMEVAL_INT8_MADD_512:
    return __builtin_cpu_supports("avx512bw") != 0;
  case SIMEVAL_INT8_VNNI_512:
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni");
  default:
    return 0;
  }
}

size_t simeval_int8_packed_bytes(int32_t instructions, size_t k, size_t n) {
  return instructions == SIMEVAL_INT8_VNNI_512 ? vnni_packed_bytes(k, n) : madd_packed_bytes(k, n);
}

void simeval_int8_pack(int32_t instructions, const int8_t *weights, size_t row_stride, size_t column_stride, size_t k,
                       size_t n, void *packed) {
  if (instructions == SIMEVAL_INT8_VNNI_512)
    vnni_pack(weights, row_stride, column_stride, k, n, packed);
  else
    madd_pack(weights, row_stride, column_stride, k, n, packed);
}

void simeval_int8_gemm(int32_t instructions, const uint8_t *a, const void *packed, size_t m, size_t k, size_t n,
                       int32_t *c) {
  if (instructions == SIMEVAL_INT8_VNNI_512)
    vnni_gemm(a, packed, m, k, n, c);
  else
    madd_gemm(a, packed, m, k, n, c);
}
