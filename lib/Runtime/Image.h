//===- Image.h - Machine code of one kernel, mapped (contract C5) ---------===//
//
// An image is a 64-byte header and the kernel's code and constants, linked into one position-independent range: no
// relocation left, no import, no writable data. Mapping one needs no LLVM. The header is checked against the bytes
// given, so a damaged image is refused; what the code itself does is trusted, hence whoever stores images guards them
// with a digest.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_IMAGE_H
#define DLC_RUNTIME_IMAGE_H

#include "lib/Runtime/Rt.h"
#include "lib/Runtime/Status.h"

#include <stddef.h>
#include <stdint.h>

namespace dlc {

/// The first 64 bytes of an image, little-endian; the code follows at once.
struct ImageHeader {
  static constexpr char expectedMagic[8] = {'d', 'l', 'c', 'i', 'm', 'a', 'g', 'e'};
  static constexpr uint32_t currentVersion = 1;
  static constexpr uint32_t maxStages = 3;
  static constexpr uint32_t machineX86 = 62, machineAArch64 = 183; // ELF's e_machine.

  char magic[8];
  uint32_t version;
  uint32_t machine;
  uint64_t codeBytes;          ///< Bytes that follow the header.
  uint32_t stageCount;         ///< 1 to maxStages.
  uint32_t reserved;           ///< 0.
  uint64_t entries[maxStages]; ///< Offset of each stage's first instruction in the code; 0 beyond stageCount.
  uint64_t reserved2;          ///< 0.
};
static_assert(sizeof(ImageHeader) == 64, "the header is part of the format");

/// Fills `header` for code of this machine. The caller guarantees that entries lie inside the code.
void makeImageHeader(uint64_t codeBytes, const uint64_t *entries, uint32_t stageCount, ImageHeader &header);

/// Checks header and size of an image without mapping it. Corrupt, or Unsupported for another version or machine.
Status checkImage(const void *bytes, size_t size);

/// A mapped image; the mapping ends with the object. Movable; const members may be used on any thread.
class Image {
public:
  Image() = default;
  Image(Image &&other) noexcept : base(other.base), header(other.header) { other.base = nullptr; }
  Image &operator=(Image &&other) noexcept {
    void *mine = base;
    ImageHeader myHeader = header;
    base = other.base;
    header = other.header;
    other.base = mine;
    other.header = myHeader;
    return *this;
  }
  ~Image();

  /// Copies the image `bytes[0, size)` into executable memory of its own; `bytes` may go afterwards. Makes about three
  /// system calls. The memory is never writable and executable at once.
  static Status map(const void *bytes, size_t size, Image &out);

  explicit operator bool() const { return base != nullptr; }
  uint32_t stageCount() const { return base ? header.stageCount : 0; }
  /// The function of stage `stage` < stageCount().
  dlc_stage stage(uint32_t stage) const;
  const void *code() const { return base; }
  uint64_t codeBytes() const { return base ? header.codeBytes : 0; }

  /// Appends the image to /tmp/perf-<pid>.map under `name`, from which perf names its samples. For profiling only.
  Status announceToPerf(const char *name) const;

private:
  void *base = nullptr;
  ImageHeader header = {};
};

} // namespace dlc

#endif // DLC_RUNTIME_IMAGE_H
