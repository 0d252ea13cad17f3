//===- SafetensorsWriter.cpp - Writing files of named tensors -------------===//
//
// The header is padded with spaces so that data start at a multiple of 64 in the file.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/File.h"
#include "lib/Runtime/JsonText.h"
#include "lib/Runtime/Safetensors.h"
#include "lib/Runtime/SafetensorsTypes.h"

#include <stdio.h>
#include <string.h>

using namespace dlc;

/// More than a tensor's entry takes beside its name: two 20-digit offsets and maxRank 20-digit dims.
static constexpr size_t entryBytes = 128 + 22 * (maxRank + 2);

namespace {
/// Text in memory that was measured beforehand.
struct HeaderText {
  PodArray<char> bytes;
  size_t used = 0;

  void put(const char *text) {
    size_t length = strlen(text);
    memcpy(bytes.data() + used, text, length);
    used += length;
  }
  void putString(const char *text) {
    put("\"");
    used += encodeJsonString(text, strlen(text), bytes.data() + used);
    put("\"");
  }
  void putNumber(uint64_t value) {
    char digits[24];
    snprintf(digits, sizeof(digits), "%llu", static_cast<unsigned long long>(value));
    put(digits);
  }
};
} // namespace

static int byWidthThenName(const void *a, const void *b) {
  const auto &first = *static_cast<const NamedTensor *>(a), &second = *static_cast<const NamedTensor *>(b);
  uint32_t firstWidth = byteWidth(first.ref.dtype), secondWidth = byteWidth(second.ref.dtype);
  if (firstWidth != secondWidth)
    return firstWidth > secondWidth ? -1 : 1;
  return strcmp(first.name, second.name);
}

static Status checkTensors(Span<NamedTensor> tensors) {
  PodArray<const char *> names;
  if (!names.resize(tensors.size))
    return Status::error(ErrorKind::Io, "cannot allocate %zu names", tensors.size);
  for (size_t i = 0; i < tensors.size; ++i) {
    const NamedTensor &tensor = tensors[i];
    uint64_t bytes;
    if (!*tensor.name || strcmp(tensor.name, "__metadata__") == 0 || !isUtf8(tensor.name, strlen(tensor.name)))
      return Status::error(ErrorKind::Value,
                           "expected the name of tensor %zu to be UTF-8, not empty and not __metadata__", i);
    if (!safetensorsType(tensor.ref.dtype))
      return Status::error(ErrorKind::Unsupported, "expected a dtype that safetensors has, but got %s for '%s'",
                           name(tensor.ref.dtype), tensor.name);
    if (!byteSize(tensor.ref, bytes))
      return Status::error(ErrorKind::Value, "expected the shape of '%s' to fit 60 bits", tensor.name);
    names[i] = tensor.name;
  }
  qsort(names.data(), names.size(), sizeof(const char *), [](const void *a, const void *b) {
    return strcmp(*static_cast<const char *const *>(a), *static_cast<const char *const *>(b));
  });
  for (size_t i = 1; i < names.size(); ++i)
    if (strcmp(names[i - 1], names[i]) == 0)
      return Status::error(ErrorKind::Value, "expected unique names, but got '%s' twice", names[i]);
  return Status::ok();
}

static void putMetadata(Span<MetadataEntry> metadata, HeaderText &text) {
  text.put("\"__metadata__\":{");
  for (size_t i = 0; i < metadata.size; ++i) {
    text.put(i > 0 ? "," : "");
    text.putString(metadata[i].key);
    text.put(":");
    text.putString(metadata[i].value);
  }
  text.put("}");
}

static uint64_t putTensor(const NamedTensor &tensor, uint64_t begin, HeaderText &text) {
  uint64_t bytes = 0;
  (void)byteSize(tensor.ref, bytes);
  text.putString(tensor.name);
  text.put(":{\"dtype\":\"");
  text.put(safetensorsType(tensor.ref.dtype));
  text.put("\",\"shape\":[");
  for (uint32_t i = 0; i < tensor.ref.rank; ++i) {
    text.put(i > 0 ? "," : "");
    text.putNumber(static_cast<uint64_t>(tensor.ref.dims[i]));
  }
  text.put("],\"data_offsets\":[");
  text.putNumber(begin);
  text.put(",");
  text.putNumber(begin + bytes);
  text.put("]}");
  return begin + bytes;
}

static Status writeSorted(const char *path, Span<NamedTensor> tensors, Span<MetadataEntry> metadata) {
  size_t bound = 256;
  for (const NamedTensor &tensor : tensors)
    bound += 6 * strlen(tensor.name) + entryBytes;
  for (const MetadataEntry &entry : metadata)
    bound += 6 * (strlen(entry.key) + strlen(entry.value)) + 8;
  HeaderText text;
  PodArray<FilePiece> pieces;
  if (!text.bytes.resize(bound) || !pieces.resize(tensors.size + 1))
    return Status::error(ErrorKind::Io, "cannot allocate a header of %zu bytes", bound);
  text.used = sizeof(uint64_t);
  text.put("{");
  if (metadata.size > 0)
    putMetadata(metadata, text);
  uint64_t at = 0;
  for (size_t i = 0; i < tensors.size; ++i) {
    text.put(i > 0 || metadata.size > 0 ? "," : "");
    uint64_t end = putTensor(tensors[i], at, text);
    pieces[i + 1] = {tensors[i].ref.data, static_cast<size_t>(end - at)};
    at = end;
  }
  text.put("}");
  while (text.used % bufferAlignment != 0)
    text.put(" ");
  uint64_t length = text.used - sizeof(uint64_t);
  memcpy(text.bytes.data(), &length, sizeof(length));
  pieces[0] = {text.bytes.data(), text.used};
  return writeFile(path, pieces.data(), pieces.size());
}

Status dlc::writeSafetensors(const char *path, Span<NamedTensor> tensors, Span<MetadataEntry> metadata) {
  if (Status status = checkTensors(tensors); status.failed())
    return status.withContext("cannot write '%s'", path);
  for (const MetadataEntry &entry : metadata)
    if (!isUtf8(entry.key, strlen(entry.key)) || !isUtf8(entry.value, strlen(entry.value)))
      return Status::error(ErrorKind::Value, "cannot write '%s': expected metadata in UTF-8", path);
  PodArray<NamedTensor> sorted;
  if (!sorted.resize(tensors.size))
    return Status::error(ErrorKind::Io, "cannot allocate %zu tensors", tensors.size);
  for (size_t i = 0; i < tensors.size; ++i)
    sorted[i] = tensors[i];
  qsort(sorted.data(), sorted.size(), sizeof(NamedTensor), byWidthThenName);
  return writeSorted(path, {sorted.data(), sorted.size()}, metadata);
}
