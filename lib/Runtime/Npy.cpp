//===- Npy.cpp - NumPy's .npy files ---------------------------------------===//
//
// Layout: "\x93NUMPY", major, minor, header length (2 bytes in version 1, else 4), a dict literal with the keys
// 'descr', 'fortran_order' and 'shape', then the elements.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Npy.h"

#include "lib/Runtime/File.h"

#include <stdio.h>
#include <string.h>

using namespace dlc;

static constexpr char magic[6] = {'\x93', 'N', 'U', 'M', 'P', 'Y'};

namespace {
struct Descr {
  DType dtype;
  const char *text; ///< Kind and bytes, without the byte order.
};

/// Reads a dict literal of strings, booleans and tuples of integers.
class DictParser {
public:
  DictParser(const char *at, const char *end) : at(at), end(end) {}
  Status parse(NpyHeader &out);

private:
  void skipSpace() {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
      ++at;
  }
  bool take(char c) {
    skipSpace();
    if (at == end || *at != c)
      return false;
    ++at;
    return true;
  }
  bool takeWord(const char *word) {
    skipSpace();
    size_t length = strlen(word);
    if (static_cast<size_t>(end - at) < length || memcmp(at, word, length) != 0)
      return false;
    at += length;
    return true;
  }
  bool takeString(const char *&text, size_t &length);
  Status parseEntry(NpyHeader &out);
  Status parseDescr(NpyHeader &out);
  Status parseShape(NpyHeader &out);

  const char *at;
  const char *end;
  bool hasDescr = false, hasOrder = false, hasShape = false;
};
} // namespace

static const Descr descrs[] = {{DType::Bool, "b1"}, {DType::I8, "i1"},  {DType::I16, "i2"},   {DType::I32, "i4"},
                               {DType::I64, "i8"},  {DType::U8, "u1"},  {DType::U16, "u2"},   {DType::U32, "u4"},
                               {DType::U64, "u8"},  {DType::F16, "f2"}, {DType::BF16, "V2"},  {DType::F32, "f4"},
                               {DType::F64, "f8"},  {DType::C64, "c8"}, {DType::C128, "c16"}, {DType::F8E5M2, "f1"}};
static constexpr char opaqueDescr[] = "V1";

static Status malformed() {
  return Status::error(ErrorKind::Corrupt, "expected a header with 'descr', 'fortran_order' and 'shape'");
}

bool DictParser::takeString(const char *&text, size_t &length) {
  skipSpace();
  if (at == end || (*at != '\'' && *at != '"'))
    return false;
  char quote = *at++;
  const char *close = static_cast<const char *>(memchr(at, quote, static_cast<size_t>(end - at)));
  if (!close)
    return false;
  text = at;
  length = static_cast<size_t>(close - at);
  at = close + 1;
  return true;
}

Status DictParser::parseDescr(NpyHeader &out) {
  const char *text;
  size_t length;
  skipSpace();
  if (at < end && *at == '[')
    return Status::error(ErrorKind::Unsupported, "expected a plain dtype, but got a structured one");
  if (!takeString(text, length) || length < 2)
    return malformed();
  int shown = length < 32 ? static_cast<int>(length) : 32;
  if (text[0] == '>')
    return Status::error(ErrorKind::Unsupported, "expected little-endian elements, but got dtype '%.*s'", shown, text);
  size_t order = text[0] == '<' || text[0] == '|' || text[0] == '=' ? 1 : 0;
  out.isOpaque = length - order == strlen(opaqueDescr) && memcmp(text + order, opaqueDescr, length - order) == 0;
  if (out.isOpaque) {
    out.dtype = DType::U8;
    hasDescr = true;
    return Status::ok();
  }
  for (const Descr &descr : descrs)
    if (strlen(descr.text) == length - order && memcmp(descr.text, text + order, length - order) == 0) {
      out.dtype = descr.dtype;
      hasDescr = true;
      return Status::ok();
    }
  return Status::error(ErrorKind::Unsupported, "expected a bool, integer, float or complex dtype, but got '%.*s'",
                       shown, text);
}

Status DictParser::parseShape(NpyHeader &out) {
  if (!take('('))
    return malformed();
  out.rank = 0;
  while (!take(')')) {
    skipSpace();
    int64_t value = 0;
    const char *start = at;
    for (; at < end && *at >= '0' && *at <= '9'; ++at)
      if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *at - '0', &value))
        return Status::error(ErrorKind::Corrupt, "expected dimensions below 2^63");
    if (at == start)
      return malformed();
    if (at < end && *at == 'L') // Python 2 wrote long integers so.
      ++at;
    if (out.rank == maxRank)
      return Status::error(ErrorKind::Unsupported, "expected at most %u dimensions, but got more", maxRank);
    out.dims[out.rank++] = value;
    if (!take(',')) {
      if (!take(')'))
        return malformed();
      break;
    }
  }
  hasShape = true;
  return Status::ok();
}

Status DictParser::parseEntry(NpyHeader &out) {
  const char *key;
  size_t length;
  if (!takeString(key, length) || !take(':'))
    return malformed();
  auto is = [&](const char *name) { return strlen(name) == length && memcmp(key, name, length) == 0; };
  if (is("descr") && !hasDescr)
    return parseDescr(out);
  if (is("shape") && !hasShape)
    return parseShape(out);
  if (!is("fortran_order") || hasOrder)
    return malformed();
  hasOrder = true;
  out.isFortranOrder = takeWord("True");
  return out.isFortranOrder || takeWord("False") ? Status::ok() : malformed();
}

Status DictParser::parse(NpyHeader &out) {
  if (!take('{'))
    return malformed();
  while (!take('}')) {
    DLC_RETURN_IF_FAILED(parseEntry(out));
    if (take(','))
      continue;
    if (!take('}'))
      return malformed();
    break;
  }
  skipSpace();
  return at == end && hasDescr && hasOrder && hasShape ? Status::ok() : malformed();
}

Status dlc::parseNpyHeader(const void *bytes, size_t size, NpyHeader &out) {
  const auto *data = static_cast<const unsigned char *>(bytes);
  if (size < 10 || memcmp(data, magic, sizeof(magic)) != 0)
    return Status::error(ErrorKind::Corrupt, "expected an .npy file, but it does not start as one");
  if (data[6] < 1 || data[6] > 3)
    return Status::error(ErrorKind::Unsupported, "expected .npy version 1, 2 or 3, but got %u", data[6]);
  uint64_t length = data[8] | uint64_t(data[9]) << 8, start = 10;
  if (data[6] > 1) {
    if (size < 12)
      return Status::error(ErrorKind::Corrupt, "expected a header, but the file ends");
    length |= uint64_t(data[10]) << 16 | uint64_t(data[11]) << 24;
    start = 12;
  }
  if (length > size - start)
    return Status::error(ErrorKind::Corrupt, "expected a header of %llu bytes, but the file has %zu",
                         static_cast<unsigned long long>(length), size - static_cast<size_t>(start));
  out = {};
  const char *text = static_cast<const char *>(bytes) + start;
  DLC_RETURN_IF_FAILED(DictParser(text, text + length).parse(out));
  uint64_t count;
  if (!elementCount(out.dtype, out.rank, out.dims, count))
    return Status::error(ErrorKind::Corrupt, "expected a shape that fits 60 bits");
  out.dataOffset = start + length;
  out.dataBytes = count * byteWidth(out.dtype);
  if (size - out.dataOffset != out.dataBytes)
    return Status::error(ErrorKind::Corrupt, "expected %llu bytes of elements, but got %llu",
                         static_cast<unsigned long long>(out.dataBytes),
                         static_cast<unsigned long long>(size - out.dataOffset));
  return Status::ok();
}

/// Copies column-major elements to row-major order.
static void copyFromFortran(const NpyHeader &header, const char *from, char *to) {
  uint32_t width = byteWidth(header.dtype);
  int64_t index[maxRank] = {}, strides[maxRank];
  int64_t stride = width;
  for (uint32_t i = 0; i < header.rank; ++i) {
    strides[i] = stride;
    stride *= header.dims[i];
  }
  int64_t offset = 0;
  for (uint64_t done = 0; done < header.dataBytes; done += width) {
    memcpy(to + done, from + offset, width);
    for (uint32_t i = header.rank; i-- > 0;) {
      offset += strides[i];
      if (++index[i] < header.dims[i])
        break;
      offset -= strides[i] * header.dims[i];
      index[i] = 0;
    }
  }
}

/// Makes bools 0 and 1 and extends integers of 4 bits: files may hold any byte, and all of dlc counts on these.
static void canonicalise(DType dtype, void *elements, uint64_t count) {
  auto *bytes = static_cast<unsigned char *>(elements);
  for (uint64_t i = 0; i < count; ++i)
    if (dtype == DType::Bool)
      bytes[i] = bytes[i] != 0;
    else if (dtype == DType::U4)
      bytes[i] &= 15;
    else
      bytes[i] = static_cast<unsigned char>(((bytes[i] & 15) ^ 8) - 8);
}

Status dlc::readNpy(const char *path, HostArray &out, DType opaque) {
  Buffer file;
  DLC_RETURN_IF_FAILED(readFile(path, file));
  NpyHeader header;
  if (Status status = parseNpyHeader(file.data(), file.size(), header); status.failed())
    return status.withContext("cannot read '%s'", path);
  if (header.isOpaque && !isStorage(opaque))
    return Status::error(
        ErrorKind::Unsupported,
        "cannot read '%s': expected a dtype that names a type, but got 'V1', which f8, i4 and u4 share", path);
  if (header.isOpaque)
    header.dtype = opaque;
  HostArray made;
  made.ref.dtype = header.dtype;
  made.ref.rank = header.rank;
  memcpy(made.ref.dims, header.dims, sizeof(header.dims));
  char *data = static_cast<char *>(file.data()) + header.dataOffset;
  if (!header.isFortranOrder) {
    made.buffer = file;
    made.ref.data = data;
  } else {
    DLC_RETURN_IF_FAILED(Buffer::allocate(header.dataBytes, made.buffer));
    made.ref.data = made.buffer.data();
    copyFromFortran(header, data, static_cast<char *>(made.ref.data));
  }
  if (header.dtype == DType::Bool || isFourBits(header.dtype))
    canonicalise(header.dtype, made.ref.data, header.dataBytes);
  out = static_cast<HostArray &&>(made);
  return Status::ok();
}

Status dlc::writeNpy(const char *path, const TensorRef &array) {
  const char *descr = opaqueDescr;
  for (const Descr &candidate : descrs)
    if (candidate.dtype == array.dtype && !isStorage(array.dtype)) // NumPy reads no "f1", which ml_dtypes writes
      descr = candidate.text;
  uint64_t bytes;
  if (!byteSize(array, bytes))
    return Status::error(ErrorKind::Value, "cannot write '%s': expected a shape that fits 60 bits", path);
  char header[640];
  size_t used = 10;
  used += static_cast<size_t>(snprintf(header + used, sizeof(header) - used,
                                       "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                                       byteWidth(array.dtype) == 1 ? '|' : '<', descr));
  for (uint32_t i = 0; i < array.rank; ++i)
    used += static_cast<size_t>(snprintf(header + used, sizeof(header) - used, i + 1 < array.rank ? "%lld, " : "%lld,",
                                         static_cast<long long>(array.dims[i])));
  used += static_cast<size_t>(snprintf(header + used, sizeof(header) - used, "), }"));
  while (used % 64 != 63)
    header[used++] = ' ';
  header[used++] = '\n';
  memcpy(header, magic, sizeof(magic));
  header[6] = 1;
  header[7] = 0;
  header[8] = static_cast<char>((used - 10) & 0xff);
  header[9] = static_cast<char>((used - 10) >> 8);
  FilePiece pieces[] = {{header, used}, {array.data, static_cast<size_t>(bytes)}};
  return writeFile(path, pieces, 2);
}
