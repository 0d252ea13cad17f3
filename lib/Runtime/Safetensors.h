//===- Safetensors.h - Files of named tensors -----------------------------===//
//
// A .safetensors file is an 8-byte header length, a JSON header, and the tensors' bytes. Opening one maps it, checks
// all of the header against the file and reads no tensor but bool ones. Files are hostile input: the header is at most
// 100 MB, memory is allocated for what the file holds, never for what a number in it claims, names are unique, and
// tensors tile the data exactly: no overlap, no hole, nothing behind.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_SAFETENSORS_H
#define DLC_RUNTIME_SAFETENSORS_H

#include "lib/Runtime/Create.h"
#include "lib/Runtime/HostArray.h"

namespace dlc {

/// A tensor and its name, in somebody's memory. Names are UTF-8.
struct NamedTensor {
  const char *name;
  TensorRef ref;
};

/// A text of the file's "__metadata__".
struct MetadataEntry {
  const char *key;
  const char *value;
};

/// An open file. Immutable, so any thread may read it.
class Safetensors {
public:
  /// Opens and checks `path`. Io, Corrupt or Unsupported; the message names the file. End it with destroy().
  static Status open(const char *path, Safetensors *&out);
  /// Parses a whole file in memory; the result keeps `file`.
  static Status parse(const Buffer &file, Safetensors *&out);
  static void destroy(Safetensors *file);

  /// The tensors, sorted by name. Data are row-major, aligned only as far as the file aligns them, and read-only; they
  /// live as long as this object or a copy of buffer().
  Span<NamedTensor> tensors() const { return {entries.data(), entries.size()}; }
  Span<MetadataEntry> metadata() const { return {texts.data(), texts.size()}; }
  /// The tensor of that name, or null.
  const NamedTensor *find(const char *name) const;
  const Buffer &buffer() const { return file; }

  Safetensors() = default;

private:
  friend class SafetensorsParser;
  Buffer file;
  PodArray<char> names;
  PodArray<NamedTensor> entries;
  PodArray<MetadataEntry> texts;
};

/// Writes tensors and metadata to `path`, all or nothing: widest elements first, then by name, so that equal contents
/// give equal bytes and all data are aligned. Value if a name is empty, repeated or not UTF-8; Unsupported for c128.
Status writeSafetensors(const char *path, Span<NamedTensor> tensors, Span<MetadataEntry> metadata = {});

} // namespace dlc

#endif // DLC_RUNTIME_SAFETENSORS_H
