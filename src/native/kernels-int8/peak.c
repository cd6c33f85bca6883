/* Bare instructions on registers, as many at once as hide their latency, so that the processor's own rate is what is left.
 * The vpmaddwd loops add their results, as an exact sum must. Written as assembly: a compiler would take the invariant
 * products out of the loop. */
#include "int8_gemm.h"

#include <immintrin.h>

#define CHAINS 12

__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))) static void vnni_512(uint64_t rounds) {
  __m512i sums[CHAINS], x = _mm512_set1_epi8(3), w = _mm512_set1_epi8(5);
#pragma GCC unroll 12
  for (int i = 0; i < CHAINS; i++)
    sums[i] = _mm512_setzero_si512();
  for (uint64_t round = 0; round < rounds; round++) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) {
      __asm__ volatile("vpdpbusd %2, %1, %0" : "+v"(sums[i]) : "v"(x), "v"(w));
    }
  }
}

__attribute__((target("avx512f,avx512bw,avx512vl"))) static void madd_512(uint64_t rounds) {
  __m512i sums[CHAINS], x = _mm512_set1_epi16(3), w = _mm512_set1_epi16(5);
#pragma GCC unroll 12
  for (int i = 0; i < CHAINS; i++)
    sums[i] = _mm512_setzero_si512();
  for (uint64_t round = 0; round < rounds; round++) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) {
      __m512i product;
      __asm__ volatile("vpmaddwd %2, %1, %0" : "=v"(product) : "v"(x), "v"(w));
      __asm__ volatile("vpaddd %1, %0, %0" : "+v"(sums[i]) : "v"(product));
    }
  }
}

__attribute__((target("avx2"))) static void madd_256(uint64_t rounds) {
  __m256i sums[CHAINS], x = _mm256_set1_epi16(3), w = _mm256_set1_epi16(5);
#pragma GCC unroll 12
  for (int i = 0; i < CHAINS; i++)
    sums[i] = _mm256_setzero_si256();
  for (uint64_t round = 0; round < rounds; round++) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) {
      __m256i product;
      __asm__ volatile("vpmaddwd %2, %1, %0" : "=x"(product) : "x"(x), "x"(w));
      __asm__ volatile("vpaddd %1, %0, %0" : "+x"(sums[i]) : "x"(product));
    }
  }
}

uint64_t simeval_int8_peak(int32_t instructions, uint64_t rounds) {
  if (!simeval_int8_has(instructions))
    return 0;
  switch (instructions) {
  case SIMEVAL_INT8_VNNI_512:
    vnni_512(rounds);
    return rounds * CHAINS * 64;
  case SIMEVAL_INT8_MADD_512:
    madd_512(rounds);
    return rounds * CHAINS * 32;
  default:
    madd_256(rounds);
    return rounds * CHAINS * 16;
  }
}
