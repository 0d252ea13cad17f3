//===- Npy.h - NumPy's .npy files -----------------------------------------===//
//
// Reads versions 1 to 3, C and Fortran order, little-endian; writes version 1 in C order. The header is parsed as data
// by a small grammar, never evaluated. bf16 is stored as NumPy's void type of 2 bytes ('V2'), as ml_dtypes does; NumPy
// has no unambiguous name for f8, which is refused. Files are hostile input: sizes are checked before memory is
// allocated.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_NPY_H
#define DLC_RUNTIME_NPY_H

#include "lib/Runtime/HostArray.h"

namespace dlc {

/// What the header of an .npy file says.
struct NpyHeader {
  DType dtype;   ///< U8 if it is opaque.
  bool isOpaque; ///< Elements are 'V1', bytes that name no type: NumPy has no other name for f8, i4 and u4.
  bool isFortranOrder;
  uint32_t rank;
  int64_t dims[maxRank];
  uint64_t dataOffset; ///< Where the elements start in the file.
  uint64_t dataBytes;  ///< How many bytes they take.
};

/// Parses the header at the start of `bytes[0, size)`, the whole file. Corrupt or Unsupported.
Status parseNpyHeader(const void *bytes, size_t size, NpyHeader &out);

/// Reads `path` into a new row-major array. Opaque elements are of type `opaque`, f8, i4 or u4; with another type they
/// are an error. Errors name the file.
Status readNpy(const char *path, HostArray &out, DType opaque = DType::U8);

/// Writes `array` to `path`, all or nothing; f8, i4 and u4 as opaque elements. Errors name the file.
Status writeNpy(const char *path, const TensorRef &array);

} // namespace dlc

#endif // DLC_RUNTIME_NPY_H
