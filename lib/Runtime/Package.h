//===- Package.h - Programs and code in one container ---------------------===//
//
// A package is what the cache, `.dlc` files and the JIT hold of a compiled function: one program blob, the images of
// its kernels by key (for one or several ISA levels), and texts about it. A header and its table are checked as a whole
// and every entry by a checksum before it is used; entries of unknown kinds are skipped, so that newer writers can add
// some.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_PACKAGE_H
#define DLC_RUNTIME_PACKAGE_H

#include "lib/Runtime/Buffer.h"
#include "lib/Runtime/Create.h"
#include "lib/Runtime/Image.h"
#include "lib/Runtime/Program.h"

namespace dlc {

/// What an entry holds. The numeric values are part of the format.
enum class EntryKind : uint32_t {
  Program = 1,  ///< ProgramFormat.h; `key` is the program's key.
  Image = 2,    ///< Image.h; `key` is the kernel's key, `level` the ISA level it needs.
  Text = 3,     ///< UTF-8; `key` is its name, padded with zeros ("producer", "target").
  Bytecode = 4, ///< The function as MLIR bytecode, for other targets.
  Object = 5,   ///< A kernel as an ELF object.
  Ptx = 6       ///< A kernel as PTX.
};

inline constexpr size_t entryKeyBytes = 32;

/// The ISA level of this machine: the number of its x86-64 level, 1 to 4.
uint32_t hostIsaLevel();

/// An entry in somebody's memory.
struct PackageEntry {
  EntryKind kind = EntryKind::Program;
  uint32_t level = 0; ///< ISA level: 0 any, else the number of the x86-64 level (3, 4).
  uint8_t key[entryKeyBytes] = {};
  const void *data = nullptr;
  uint64_t bytes = 0;
};

/// Encodes entries as a package. Deterministic.
Status encodePackage(Span<PackageEntry> entries, Buffer &out);

/// A checked view of a package; keeps the bytes alive.
class Package {
public:
  /// Checks header and table of a package. Corrupt or Unsupported. Entries are checked by read().
  static Status parse(const Buffer &bytes, Package &out);

  size_t size() const { return count; }
  /// Entry `i`, unchecked contents.
  PackageEntry operator[](size_t i) const;
  /// The entry of that kind and key (null: any) with the highest level up to `level`; size() if there is none.
  size_t find(EntryKind kind, const uint8_t *key, uint32_t level) const;
  /// The first entry of that kind; size() if there is none.
  size_t first(EntryKind kind) const;
  /// Entry `i` after its checksum was verified; data are 64-byte aligned if the package is. Corrupt.
  Status read(size_t i, PackageEntry &out) const;

private:
  Buffer bytes;
  const char *table = nullptr;
  size_t count = 0;
};

/// A program that runs from a package: the program, its images mapped, and the bytes they need.
class LoadedPackage {
public:
  /// Loads the package's program for the highest level up to `level`, and its images. Makes no use of a compiler.
  /// `options.kernels` is asked only for kernels without an image. End it with destroy().
  static Status load(const Buffer &bytes, uint32_t level, const LoadOptions &options, LoadedPackage *&out);
  static void destroy(LoadedPackage *package);

  Program &program() { return *loaded; }
  const Package &package() const { return contents; }

  LoadedPackage() = default;
  ~LoadedPackage();

private:
  static Status resolve(void *context, const StageRef &ref, dlc_stage &out);

  Package contents;
  uint32_t level = 0;
  KernelResolver fallback;
  Image *images = nullptr; ///< By entry of the package; only those in use are mapped.
  Program *loaded = nullptr;
};

} // namespace dlc

#endif // DLC_RUNTIME_PACKAGE_H
