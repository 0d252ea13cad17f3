//===- Coefficients.h - Polynomials of the functions ----------------------===//
//
// The polynomials of the scalar programs, lowest power first, as `python3 coefficients/generate.py` prints them. Numbers
// of tables named F32 are exactly representable in f32. "Error" is the largest weighted error of the polynomial itself.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_COEFFICIENTS_H
#define DLC_DIALECTS_DLC_SCALAR_COEFFICIENTS_H

#include <cstdint>

namespace dlc::scalar {

/// Error 2^-28.2.
inline constexpr double expF32[] = {
    0x1.fffffc0000000p-2,
    0x1.55548c0000000p-3,
    0x1.55585a0000000p-5,
    0x1.123d720000000p-7,
    0x1.6ab8b00000000p-10,
};

/// Error 2^-57.2.
inline constexpr double expF64[] = {
    0x1.000000000000ap-1,
    0x1.555555555560fp-3,
    0x1.555555555115ap-5,
    0x1.11111110f1d91p-7,
    0x1.6c16c181594e7p-10,
    0x1.a01a0213dc65fp-13,
    0x1.a019a2896a093p-16,
    0x1.71dd7ae0f539bp-19,
    0x1.28a566259577bp-22,
    0x1.afb05ec1e451cp-26,
};

/// Error 2^-31.0.
inline constexpr double expm1F32[] = {
    0x1.0000000000000p-1,
    0x1.5555540000000p-3,
    0x1.5554ea0000000p-5,
    0x1.1113ac0000000p-7,
    0x1.6d4c900000000p-10,
    0x1.9c5cbc0000000p-13,
};

/// Error 2^-57.6.
inline constexpr double expm1F64[] = {
    0x1.0000000000001p-1,
    0x1.5555555555557p-3,
    0x1.5555555554ae3p-5,
    0x1.111111110fed9p-7,
    0x1.6c16c16fea341p-10,
    0x1.a01a01ae84278p-13,
    0x1.a019ef6e36c32p-16,
    0x1.71ddf695cad6ep-19,
    0x1.280aa10b01413p-22,
    0x1.af6a7cce7c405p-26,
    0x1.cd62908be12dfp-30,
};

/// Error 2^-27.5.
inline constexpr double exp2F32[] = {
    0x1.62e4320000000p-1,
    0x1.ebfbe60000000p-3,
    0x1.c6ada80000000p-5,
    0x1.3b21ca0000000p-7,
    0x1.5fbbdc0000000p-10,
    0x1.4bcad40000000p-13,
};

/// Error 2^-53.6.
inline constexpr double exp2F64[] = {
    0x1.62e42fefa39efp-1,
    0x1.ebfbdff82c58ep-3,
    0x1.c6b08d704a1c2p-5,
    0x1.3b2ab6fba526ap-7,
    0x1.5d87fe787a451p-10,
    0x1.430912f6d9376p-13,
    0x1.ffcbfd2378602p-17,
    0x1.62c02a269d169p-20,
    0x1.b523721e4b1cfp-24,
    0x1.e4b8cc6f2406ap-28,
    0x1.ec44bcee814f0p-32,
    0x1.c923d9d38ee5cp-36,
};

/// Error 2^-28.4.
inline constexpr double logF32[] = {
    0x1.5555480000000p-2,
    -0x1.0000700000000p-2,
    0x1.99a5420000000p-3,
    -0x1.552f0c0000000p-3,
    0x1.2302e00000000p-3,
    -0x1.01058e0000000p-3,
    0x1.f0115a0000000p-4,
    -0x1.beddca0000000p-4,
    0x1.b340480000000p-5,
};

/// Error 2^-59.5.
inline constexpr double logF64[] = {
    0x1.5555555555592p-1,
    0x1.999999997ff3ap-2,
    0x1.24924941df024p-2,
    0x1.c71c52162d6d8p-3,
    0x1.74663c9831b06p-3,
    0x1.39a1ef8820240p-3,
    0x1.2f038bf45964fp-3,
};

/// Error 2^-25.8.
inline constexpr double log2F32[] = {
    -0x1.7154700000000p-1,
    0x1.ec70940000000p-2,
    -0x1.715ade0000000p-2,
    0x1.2780220000000p-2,
    -0x1.eaaa100000000p-3,
    0x1.a2971a0000000p-3,
    -0x1.879bf60000000p-3,
    0x1.8022740000000p-3,
    -0x1.c69a460000000p-4,
    0x1.1ee66a0000000p-12,
};

/// Error 2^-29.4.
inline constexpr double tanhF32[] = {
    -0x1.5555480000000p-2,
    0x1.110c640000000p-3,
    -0x1.b907500000000p-5,
    0x1.5821b60000000p-6,
    -0x1.94b9de0000000p-8,
};

/// Error 2^-59.8.
inline constexpr double tanhF64[] = {
    -0x1.555555555554bp-2,
    0x1.1111111110267p-3,
    -0x1.ba1ba1b9326cap-5,
    0x1.664f4848b3256p-6,
    -0x1.226e2cf07fb4ep-7,
    0x1.d6d2451987d71p-9,
    -0x1.7d8b794f3d3bap-10,
    0x1.345fd73c5dffep-11,
    -0x1.e802cd4d88354p-13,
    0x1.595dca354f218p-14,
    -0x1.3cf89922053f6p-16,
};

/// Error 2^-31.6.
inline constexpr double sinhF32[] = {
    0x1.5555560000000p-3,
    0x1.1110e00000000p-7,
    0x1.a022ba0000000p-13,
    0x1.756cb40000000p-19,
};

/// Error 2^-62.0.
inline constexpr double sinhF64[] = {
    0x1.5555555555555p-3,
    0x1.11111111111c2p-7,
    0x1.a01a019fff0b2p-13,
    0x1.71de3a730bdafp-19,
    0x1.ae643487f1a26p-26,
    0x1.61397daf51c89p-33,
    0x1.a10217abcb780p-41,
    0x1.43db2da4d751ap-47,
};

/// Error 2^-29.4.
inline constexpr double erfSmallF32[] = {
    0x1.06eba80000000p-3,
    -0x1.81273e0000000p-2,
    0x1.ce2ce60000000p-4,
    -0x1.b7f71a0000000p-6,
    0x1.53f22a0000000p-8,
    -0x1.a351cc0000000p-11,
    0x1.4773f00000000p-14,
};

/// Error 2^-56.1.
inline constexpr double erfSmallF64[] = {
    0x1.06eba8214db69p-3,
    -0x1.812746b037a25p-2,
    0x1.ce2f21a0458d6p-4,
    -0x1.b82ce31354d74p-6,
    0x1.565bcd2c67c5bp-8,
    -0x1.c02db934c062dp-11,
    0x1.f9a3b9a1dded1p-14,
    -0x1.f4dcf9f434c44p-17,
    0x1.ba69a67d0c87dp-20,
    -0x1.6396ae4423098p-23,
    0x1.13453e8850052p-26,
    -0x1.c5b24423b45e7p-30,
    0x1.3d035c2ad37e3p-33,
};

/// Error 2^-29.6.
inline constexpr double erfLargeF32[] = {
    0x1.65e66e0000000p-12,
    0x1.2088f80000000p+0,
    0x1.46bac20000000p-1,
    0x1.a654500000000p-4,
    -0x1.65cd500000000p-6,
    0x1.825e540000000p-9,
    -0x1.86e2760000000p-13,
};

/// Error 2^-54.8.
inline constexpr double erfLargeF64[] = {
    0x1.1d4a86f16101cp-20,
    0x1.20dcc5bb5965ap+0,
    0x1.45f949fe2c8fep-1,
    0x1.a46774401281cp-4,
    -0x1.3517b20b9f0f8p-6,
    -0x1.3222345656228p-11,
    0x1.131234d89324fp-9,
    -0x1.e242b67f1057ep-11,
    0x1.e396758e614adp-13,
    -0x1.d559d48d9ce58p-16,
    -0x1.e59ed3ff58d51p-19,
    0x1.670164dcdf99bp-19,
    -0x1.716c21bace362p-21,
    0x1.d1050646da630p-24,
    -0x1.76cddd4683361p-27,
    0x1.66804615823dap-31,
    -0x1.3799cf31c6258p-36,
};

/// Error 2^-27.7.
inline constexpr double sinF32[] = {
    -0x1.5555440000000p-3,
    0x1.1106aa0000000p-7,
    -0x1.990d740000000p-13,
};

/// Error 2^-57.5.
inline constexpr double sinF64[] = {
    -0x1.5555555555545p-3,
    0x1.111111110f25fp-7,
    -0x1.a01a019b4b6fdp-13,
    0x1.71de34ca29decp-19,
    -0x1.ae5ddd5eb53edp-26,
    0x1.5d6b1fc6cd0fcp-33,
};

/// Error 2^-32.3.
inline constexpr double cosF32[] = {
    0x1.55554e0000000p-5,
    -0x1.6c0e000000000p-10,
    0x1.9a50300000000p-16,
};

/// Error 2^-61.4.
inline constexpr double cosF64[] = {
    0x1.5555555555549p-5,
    -0x1.6c16c16c1413ap-10,
    0x1.a01a019a8022cp-16,
    -0x1.27e4f6310943bp-22,
    0x1.1ee88f994b0fap-29,
    -0x1.8ef2a1e73825fp-37,
};

/// Error 2^-71.0.
inline constexpr double powF64[] = {
    0x1.9999999999996p-2,
    0x1.249249249349fp-2,
    0x1.c71c71c495aa8p-3,
    0x1.745d18c0c0b93p-3,
    0x1.3b1337b6cafd4p-3,
    0x1.1127a639e4600p-3,
    0x1.dd0dc05e28943p-4,
    0x1.f4d869d22ecdep-4,
};

/// pi/2 in three words, and the digits of 2/pi: in parts of 28 bits, and in words of 64.
inline constexpr double halfPiF32[] = {0x1.921fb60000000p+0, -0x1.777a5c0000000p-25, -0x1.ee59da0000000p-50};
inline constexpr double halfPiF64[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};
inline constexpr double twoOverPiParts[] = {
    0x1.45f306c000000p-1,
    0x1.c9c882a000000p-29,
    0x1.4fe13a8000000p-59,
    0x1.f47d4d0000000p-86,
    0x1.bb81b6c000000p-113,
    0x1.4acc9e0000000p-143,
    0x1.0e4107c000000p-170,
};
inline constexpr uint64_t twoOverPiWords[] = {
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
};

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_COEFFICIENTS_H
