//===- Coefficients.h - Polynomials of the functions ----------------------===//
//
// The polynomials of the scalar programs, lowest power first, as `python3 coefficients/generate.py` prints them.
// Numbers of tables named F32 are f32's, but for erfinv, which computes in f64. "Error" is the largest weighted error
// of the polynomial itself.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_DIALECTS_DLC_SCALAR_COEFFICIENTS_H
#define DLC_DIALECTS_DLC_SCALAR_COEFFICIENTS_H

#include <cstdint>

namespace dlc::scalar {

// clang-format off: the tables stand as they are printed

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

/// Error 2^-27.5.
inline constexpr double atanF32[] = {
    -0x1.5555120000000p-2,
    0x1.997b1c0000000p-3,
    -0x1.224b720000000p-3,
    0x1.a0115a0000000p-4,
    -0x1.a42eba0000000p-5,
};
/// Error 2^-57.7.
inline constexpr double atanF64[] = {
    -0x1.5555555555516p-2,
    0x1.9999999991115p-3,
    -0x1.249249215c73ap-3,
    0x1.c71c7090543f5p-4,
    -0x1.745cf4bb29a06p-4,
    0x1.3b113cb514547p-4,
    -0x1.10f313eb74447p-4,
    0x1.dfe8db0dd5e9bp-5,
    -0x1.a39599708ce83p-5,
    0x1.56edbb3dec560p-5,
    -0x1.c1657228852ebp-6,
    0x1.4b5e64f787202p-7,
};
/// Error 2^-27.6.
inline constexpr double asinF32[] = {
    0x1.5555c80000000p-3,
    0x1.3301fc0000000p-4,
    0x1.747d060000000p-5,
    0x1.8c2d880000000p-6,
    0x1.596d580000000p-5,
};
/// Error 2^-55.7.
inline constexpr double asinF64[] = {
    0x1.55555555554aap-3,
    0x1.33333333568f1p-4,
    0x1.6db6db4ed163dp-5,
    0x1.f1c728e3984afp-6,
    0x1.6e8a396394d6ap-6,
    0x1.1c6848006067fp-6,
    0x1.c73da437bfba5p-7,
    0x1.8d4586ed31443p-7,
    0x1.b7a5a7bb59a6dp-8,
    0x1.38755a4c4af32p-6,
    -0x1.fdb8d2afd02c8p-7,
    0x1.01e7f678f8eedp-5,
};
/// Error 2^-31.2.
inline constexpr double erfinvCentreF32[] = {
    0x1.805c5cff6d884p+0,
    0x1.3bb315e7e0912p-1,
    -0x1.abc20f16bcc5ap-6,
    -0x1.40b1444c74848p-6,
    0x1.17609a3bcd140p-7,
    -0x1.ffdf7eb2afd7cp-12,
    -0x1.b687908b294dfp-11,
    0x1.3301e03106bf5p-12,
    0x1.a54e09da56ba3p-16,
    -0x1.60be4a7a8379fp-15,
    0x1.17b3466a80a57p-18,
    0x1.a926c02192b30p-19,
};
/// Error 2^-29.5.
inline constexpr double erfinvOuterF32[] = {
    0x1.79c5227ebf709p+1,
    0x1.c5337d7aab2d6p-1,
    0x1.6d013f6a3bdc7p-8,
    -0x1.e63cadba286c6p-9,
    0x1.33b4b0d395194p-9,
    -0x1.6895fe56ffd67p-10,
    0x1.3ec1d7993917dp-11,
    -0x1.0e71e093d40b7p-13,
    -0x1.91ee1f715242dp-15,
    0x1.59eb24d791525p-15,
    -0x1.f78e2b48638e5p-18,
};
/// Error 2^-53.4.
inline constexpr double erfinvCentreF64[] = {
    0x1.c5bf891b4ef6bp-1,
    0x1.db29fb2fee44ap-2,
    0x1.7a72e72c6d81ep-5,
    -0x1.32110275d2115p-6,
    -0x1.0c86a92ee9f7fp-9,
    0x1.86ffd7d6da564p-10,
    0x1.0f7d56000b85cp-13,
    -0x1.11e5ffd319727p-13,
    -0x1.71735a1c149b9p-18,
    -0x1.7f9a3784e185bp-22,
    0x1.cb8b42df00dcbp-16,
    -0x1.7a140f512bef9p-15,
    0x1.c4feaaa7e70a3p-15,
    -0x1.97767010cdb9ap-15,
    0x1.05770157904e9p-15,
    -0x1.c2fe46d5df45dp-17,
    0x1.d4bec579bb20ep-19,
    -0x1.bbd392f8b7c8fp-22,
};
/// Error 2^-56.3.
inline constexpr double erfinvInnerF64[] = {
    0x1.d1df411a656bap+0,
    0x1.f630b5cc2fec2p-2,
    0x1.26bb1f1d1eb24p-5,
    -0x1.7e2ff9d9068a6p-7,
    0x1.e500b83a53d94p-11,
    0x1.532fac130444bp-11,
    -0x1.3c9293d1b98d7p-13,
    -0x1.5620438da0393p-15,
    0x1.1c528a0d0bb1cp-16,
    0x1.2d76a9cc348c5p-19,
    -0x1.bb95716d0177cp-20,
    -0x1.71686cd54f7dep-24,
    0x1.435df6fd354a8p-23,
    -0x1.0e8f1348e8f82p-29,
    -0x1.bf689d9c05d2fp-27,
    0x1.08557f90489c8p-30,
    0x1.1c6961ab70aecp-30,
    -0x1.26bf09e546a66p-33,
    -0x1.067337e817754p-34,
    0x1.5e5373eaf3f12p-37,
};
/// Error 2^-53.9.
inline constexpr double erfinvMiddleF64[] = {
    0x1.8abcc380d5a48p+1,
    0x1.8204fa4162bfep-1,
    0x1.8bfc9e26da792p-9,
    -0x1.9eda88e4ed3ccp-10,
    0x1.9d4ce386353c3p-11,
    -0x1.a418d38f2b50dp-12,
    0x1.63d03710cfcbap-13,
    -0x1.8d8d2c137e683p-15,
    0x1.42e8e0b890514p-19,
    0x1.58168b2134a1cp-18,
    -0x1.65a997650a8d3p-19,
    0x1.1aa6b44201644p-21,
    0x1.8ef7509ca914cp-24,
    -0x1.96d5a68116eeep-24,
    0x1.c593b8955e560p-26,
    -0x1.6575c6f4084b5p-32,
    -0x1.527af7c623b58p-29,
    0x1.065582920d345p-30,
    -0x1.00f66d31632f7p-33,
    -0x1.b1d38d6500482p-35,
    0x1.a8bd08c73d85fp-36,
    -0x1.9b5c796575f0fp-39,
};
/// Error 2^-53.7.
inline constexpr double erfinvOuterF64[] = {
    0x1.3911d62c0ed15p+2,
    0x1.0d5617424463cp+0,
    -0x1.76753a70ebdc7p-13,
    -0x1.e045d5890849ep-13,
    0x1.63590623b43f9p-14,
    -0x1.7e0b770fd2860p-16,
    0x1.6baf5743b07f7p-18,
    -0x1.486b7c7a1af40p-20,
    0x1.31e1abac4f18ap-22,
    -0x1.5fe63e9a46a6bp-24,
    0x1.27297315aeca5p-25,
    -0x1.3becb3c0c417cp-26,
    0x1.55f20d1e4d060p-27,
    -0x1.49bebc77fda15p-28,
    0x1.083a7b70f86f5p-29,
    -0x1.54b38bdf98db1p-31,
    0x1.470202a1db5eep-33,
    0x1.190afda92b6c7p-37,
    -0x1.2bc50220aa6f3p-35,
    0x1.8e4ffa266c715p-37,
};

/// Error 2^-54.0.
inline constexpr double lgammaNearTwo[] = {
    0x1.ff797bba88502p-2,
    0x1.c0e0d366f2c12p-3,
    -0x1.f462eddb40610p-6,
    0x1.961a4f67e2e30p-8,
    -0x1.82bca5e97b56ep-10,
    0x1.91d5cda19159ap-12,
    -0x1.b88e6aae842d2p-14,
    0x1.f4920f673d1dep-16,
    -0x1.2399d62b77803p-17,
    0x1.5a0796443c8d8p-19,
    -0x1.a05d1e93e3c10p-21,
    0x1.fa7167f2533dcp-23,
    -0x1.36acc82adf17ap-24,
    0x1.7ff33037bbce7p-26,
    -0x1.dd64e35923e4cp-28,
    0x1.2904310bb2763p-29,
    -0x1.72a99318143adp-31,
    0x1.e709ceb273a07p-33,
    -0x1.3ee9cd47d4871p-34,
    0x1.201bdd55207c7p-36,
    -0x1.2171334e3fdabp-38,
    0x1.178a5ba99040dp-38,
    -0x1.9c358318d014ap-40,
};
/// Error 2^-53.2.
inline constexpr double lgammaNearOne[] = {
    -0x1.2788cfc6fb619p-1,
    0x1.a51a6625307d2p-2,
    -0x1.9a4d55beab2e0p-4,
    0x1.151322ac7dbd3p-5,
    -0x1.a8b9c17aa5311p-7,
    0x1.5b40cb0fc30a9p-8,
    -0x1.2703a1dd2920cp-9,
    0x1.010b36c588e0ep-10,
    -0x1.c806706096c04p-12,
    0x1.9a01dc0ae15fcp-13,
    -0x1.748c32b251380p-14,
    0x1.556ba1f13e287p-15,
    -0x1.3b1dcef045196p-16,
    0x1.248872e88b8cap-17,
    -0x1.110cf604e2a7bp-18,
    0x1.00b55095d2defp-19,
    -0x1.e2a99794d5a36p-21,
    0x1.babd1405b2f2ep-22,
    -0x1.a735123d06a92p-23,
    0x1.e64555cbf7a69p-24,
    -0x1.bcf108c380f10p-25,
    0x1.4af0b00e1cc21p-29,
    -0x1.8ee19525f176ep-29,
    0x1.45b7263cfa66dp-26,
    -0x1.1821280da220bp-27,
    -0x1.6419520976234p-28,
    0x1.2d64d294ba31ap-29,
    0x1.dc7e621161163p-30,
    -0x1.b46c0c2262a81p-31,
};
/// Error 2^-57.6.
inline constexpr double lgammaStirling[] = {
    0x1.5555555555555p-4,
    -0x1.6c16c16c09cf4p-9,
    0x1.a01a00fc4dbacp-11,
    -0x1.3812c05cd5d96p-11,
    0x1.b8e729339409ap-11,
    -0x1.e7c850ea17063p-10,
    0x1.221ea7113e023p-8,
};
/// Error 2^-53.7.
inline constexpr double digammaNearRoot[] = {
    0x1.9213d46736ba4p-1,
    -0x1.0aff270ca079dp-2,
    0x1.be76b26db7ff3p-4,
    -0x1.95ec0c3bac0d7p-5,
    0x1.802924f9ae2a5p-6,
    -0x1.7389aa7ed2deep-7,
    0x1.6bdf5e16cff2bp-8,
    -0x1.6714d06869b07p-9,
    0x1.640760f1f37e9p-10,
    -0x1.620eef4b7a96ap-11,
    0x1.60c667ddbc6ffp-12,
    -0x1.5ff19f3fb8d71p-13,
    0x1.5f65291ff67a5p-14,
    -0x1.5ed95ab25d7cfp-15,
    0x1.5e893efb304bcp-16,
    -0x1.60aed10bb6c6fp-17,
    0x1.6144f0c6fea82p-18,
    -0x1.4c4de06ccd634p-19,
    0x1.4778f21af97d9p-20,
    -0x1.ce497b2d2cd65p-21,
    0x1.e56f9f4f19708p-22,
    0x1.059e1f4a2e72cp-24,
    -0x1.9fb767791e730p-25,
    -0x1.b3057ef990907p-23,
    0x1.dce4d1679c210p-24,
    0x1.0bdff536904cfp-24,
    -0x1.26ad1b7d5dba5p-25,
    -0x1.48527b4a200dep-26,
    0x1.57a35bcac6486p-27,
};
/// Error 2^-56.3.
inline constexpr double digammaAsymptotic[] = {
    0x1.5555555555555p-4,
    -0x1.111111110a960p-7,
    0x1.041040cb885f3p-8,
    -0x1.1110b826ed606p-8,
    0x1.f039ff2dfa10dp-8,
    -0x1.533969c193ff8p-6,
    0x1.052135f72686fp-4,
};
/// Error 2^-52.4.
inline constexpr double trigammaAsymptotic[] = {
    0x1.5555555555551p-3,
    -0x1.11111110f502cp-5,
    0x1.861860a01ad59p-6,
    -0x1.11106085f0212p-5,
    0x1.360cadbef43d1p-4,
    -0x1.f9f275d09b63fp-3,
    0x1.b821c6b53efcep-1,
};

/// pi/2 in three words, the positive zero of digamma, and the digits of 2/pi: in parts of 28 bits, in words of 64.
inline constexpr double halfPiF32[] = {0x1.921fb60000000p+0, -0x1.777a5c0000000p-25, -0x1.ee59da0000000p-50};
inline constexpr double halfPiF64[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};
inline constexpr double digammaRoot[] = {0x1.762d86356be3fp+0, 0x1.b86a722197829p-54};
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

// clang-format on

} // namespace dlc::scalar

#endif // DLC_DIALECTS_DLC_SCALAR_COEFFICIENTS_H
