/* What CMSIS-DSP's matrix kernels take from CMSIS-Core, which its Python package leaves out: the
   names of compiler attributes, and the instructions as the compiler's own intrinsics (ACLE). */
#ifndef CMSIS_COMPILER_H
#define CMSIS_COMPILER_H

#include <arm_acle.h>
#include <stdint.h>

#define __ALIGNED(x) __attribute__((aligned(x)))
#define __STATIC_FORCEINLINE __attribute__((always_inline)) static inline
#define __STATIC_INLINE static inline
#define __INLINE inline
#define __WEAK __attribute__((weak))
#define __RESTRICT __restrict
#define __PACKED_STRUCT struct __attribute__((packed, aligned(1)))

#define __CLZ(x) ((uint8_t)((x) == 0 ? 32 : __builtin_clz(x)))

#if defined(__ARM_FEATURE_SAT)
#define __SSAT(x, bits) __ssat((x), (bits))
#define __USAT(x, bits) ((uint32_t)__usat((x), (bits)))
#else
__STATIC_FORCEINLINE int32_t __SSAT(int32_t x, uint32_t bits) {
  const int32_t most = (int32_t)((1U << (bits - 1U)) - 1U);
  return x > most ? most : x < -most - 1 ? -most - 1 : x;
}
__STATIC_FORCEINLINE uint32_t __USAT(int32_t x, uint32_t bits) {
  const int32_t most = (int32_t)((1U << bits) - 1U);
  return (uint32_t)(x > most ? most : x < 0 ? 0 : x);
}
#endif

#if defined(__ARM_FEATURE_SIMD32)
#define __SMLALD(x, y, sum) ((uint64_t)__smlald((int16x2_t)(x), (int16x2_t)(y), (int64_t)(sum)))
#define __SMLAD(x, y, sum) ((uint32_t)__smlad((int16x2_t)(x), (int16x2_t)(y), (int32_t)(sum)))
#define __QADD16(x, y) ((uint32_t)__qadd16((int16x2_t)(x), (int16x2_t)(y)))
#define __QSUB16(x, y) ((uint32_t)__qsub16((int16x2_t)(x), (int16x2_t)(y)))
#endif
#if defined(__ARM_FEATURE_DSP)
#define __QADD(x, y) __qadd((x), (y))
#define __QSUB(x, y) __qsub((x), (y))
#endif

#endif
