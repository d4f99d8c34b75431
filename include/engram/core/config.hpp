#pragma once
/// What the compiler was asked for: the tag that keeps two instruction sets apart in one program, and the refusal of
/// fast-math, which breaks the exponential, the blow-up guard and every promise of equal bits.
#if defined(__FAST_MATH__) && !defined(ENGRAM_ALLOW_FAST_MATH)
#error "engram: -ffast-math changes results silently; remove it, or define ENGRAM_ALLOW_FAST_MATH and lose every promise"
#endif

// One tag for each set of instructions that gives other code or other bits.
#if defined(ENGRAM_SCALAR) && (defined(__FMA__) || defined(__aarch64__))
#define ENGRAM_ABI abi_scalar_fma
#elif defined(ENGRAM_SCALAR)
#define ENGRAM_ABI abi_scalar
#elif defined(__AVX512F__) && defined(__AVX512CD__) && defined(__AVX512BW__) && defined(__AVX512DQ__)
#define ENGRAM_ABI abi_avx512
#elif defined(__AVX512F__)
#define ENGRAM_ABI abi_avx512f
#elif defined(__AVX2__) && defined(__FMA__)
#define ENGRAM_ABI abi_avx2_fma
#elif defined(__AVX2__)
#define ENGRAM_ABI abi_avx2
#elif defined(__AVX__) && defined(__FMA__)
#define ENGRAM_ABI abi_avx_fma
#elif defined(__AVX__)
#define ENGRAM_ABI abi_avx
#elif defined(__SSE4_2__)
#define ENGRAM_ABI abi_sse4_2
#elif defined(__SSE4_1__)
#define ENGRAM_ABI abi_sse4_1
#elif defined(__SSSE3__)
#define ENGRAM_ABI abi_ssse3
#elif defined(__SSE3__)
#define ENGRAM_ABI abi_sse3
#elif defined(__SSE2__)
#define ENGRAM_ABI abi_sse2
#elif defined(__aarch64__)
#define ENGRAM_ABI abi_neon64
#else
#define ENGRAM_ABI abi_generic
#endif
