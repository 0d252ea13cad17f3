//===- Safetensors.cpp - Reading files of named tensors -------------------===//
//
// jsmn cuts the header into tokens, in one array that is at most as long as the header; everything else walks tokens.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Safetensors.h"

#include "lib/Runtime/File.h"
#include "lib/Runtime/JsonText.h"
#include "lib/Runtime/SafetensorsTypes.h"

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS // Linear time.
#include <jsmn.h>

#include <string.h>

using namespace dlc;

static constexpr uint64_t maxHeaderBytes = 100 * 1000 * 1000;

static Status corrupt(const char *rule) { return Status::error(ErrorKind::Corrupt, "expected %s", rule); }

namespace dlc {
/// Parses one header. Tokens come in order; `at` is the next one.
class SafetensorsParser {
public:
  explicit SafetensorsParser(Safetensors &out) : out(out) {}
  Status parse();

private:
  struct Range {
    uint64_t begin, end;
    const char *name;
  };

  Status tokenize();
  Status countEntries();
  Status parseEntry();
  Status parseMetadata();
  Status parseTensor(const char *name);
  Status parseShape(TensorRef &ref);
  Status parseOffsets(uint64_t &begin, uint64_t &end);
  Status checkTiling();
  Status checkNames();
  Status checkBools() const;

  /// Takes a string that is a key of an object (`isKey`) or a value; null if it is none or badly encoded.
  const char *takeString(bool isKey);
  bool takeInteger(uint64_t &value);
  const jsmntok_t &peek() const { return tokens[at]; }
  bool isAt(jsmntype_t type) const { return at < tokenCount && tokens[at].type == type; }
  bool isText(const char *text) const {
    const jsmntok_t &token = tokens[at];
    size_t length = strlen(text);
    return size_t(token.end - token.start) == length && memcmp(header + token.start, text, length) == 0;
  }

  Safetensors &out;
  const char *header = nullptr;
  size_t headerBytes = 0;
  const char *data = nullptr;
  uint64_t dataBytes = 0;
  PodArray<jsmntok_t> tokens;
  size_t tokenCount = 0;
  size_t at = 0;
  char *nextName = nullptr;
  PodArray<Range> ranges;
  size_t tensorCount = 0;
  size_t textCount = 0;
};
} // namespace dlc

Status SafetensorsParser::tokenize() {
  const Buffer &file = out.file;
  uint64_t length;
  if (file.size() < sizeof(length))
    return corrupt("a .safetensors file, but it is too short");
  memcpy(&length, file.data(), sizeof(length));
  if (length > maxHeaderBytes)
    return Status::error(ErrorKind::Corrupt, "expected a header of at most %llu bytes, but got %llu",
                         static_cast<unsigned long long>(maxHeaderBytes), static_cast<unsigned long long>(length));
  if (length > file.size() - sizeof(length))
    return Status::error(ErrorKind::Corrupt, "expected a header of %llu bytes, but the file ends after %zu",
                         static_cast<unsigned long long>(length), file.size() - sizeof(length));
  header = static_cast<const char *>(file.data()) + sizeof(length);
  headerBytes = static_cast<size_t>(length);
  data = header + headerBytes;
  dataBytes = file.size() - sizeof(length) - headerBytes;
  jsmn_parser parser;
  jsmn_init(&parser);
  int count = jsmn_parse(&parser, header, headerBytes, nullptr, 0);
  if (count < 1)
    return corrupt("a header in JSON");
  if (!tokens.resize(static_cast<size_t>(count)))
    return Status::error(ErrorKind::Io, "cannot allocate memory for %d tokens", count);
  jsmn_init(&parser);
  if (jsmn_parse(&parser, header, headerBytes, tokens.data(), static_cast<unsigned>(count)) != count)
    return corrupt("a header in JSON");
  tokenCount = static_cast<size_t>(count);
  for (size_t i = static_cast<size_t>(tokens[0].end); i < headerBytes; ++i)
    if (header[i] != ' ')
      return corrupt("only spaces behind the JSON header");
  return tokens[0].type == JSMN_OBJECT && tokens[0].start == 0 ? Status::ok()
                                                               : corrupt("a header that is a JSON object");
}

Status SafetensorsParser::countEntries() {
  // Every entry of the top object and every text takes at least two tokens, so tokens bound all arrays.
  size_t entries = static_cast<size_t>(tokens[0].size), textBound = 0;
  for (size_t i = 1; i < tokenCount; ++i)
    if (tokens[i].type == JSMN_OBJECT && tokens[i].parent > 0 && tokens[tokens[i].parent].parent == 0) {
      const jsmntok_t &key = tokens[tokens[i].parent];
      if (key.end - key.start == 12 && memcmp(header + key.start, "__metadata__", 12) == 0)
        textBound = static_cast<size_t>(tokens[i].size);
    }
  // Decoded strings are no longer than their text, and end where its closing quote was.
  if (!out.entries.resize(entries) || !ranges.resize(entries) || !out.texts.resize(textBound) ||
      !out.names.resize(headerBytes + 1))
    return Status::error(ErrorKind::Io, "cannot allocate memory for %zu tensors", entries);
  nextName = out.names.data();
  return Status::ok();
}

const char *SafetensorsParser::takeString(bool isKey) {
  if (!isAt(JSMN_STRING) || (peek().size == 1) != isKey)
    return nullptr;
  const jsmntok_t &token = tokens[at++];
  long length = decodeJsonString(header + token.start, static_cast<size_t>(token.end - token.start), nextName);
  if (length < 0)
    return nullptr;
  const char *text = nextName;
  nextName += length + 1;
  return text;
}

bool SafetensorsParser::takeInteger(uint64_t &value) {
  if (!isAt(JSMN_PRIMITIVE) || peek().size != 0)
    return false;
  const jsmntok_t &token = tokens[at++];
  value = 0;
  for (int i = token.start; i < token.end; ++i) {
    char c = header[i];
    if (c < '0' || c > '9' || __builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, uint64_t(c - '0'), &value))
      return false;
  }
  return token.end > token.start && (header[token.start] != '0' || token.end == token.start + 1);
}

Status SafetensorsParser::parseShape(TensorRef &ref) {
  if (!isAt(JSMN_ARRAY))
    return corrupt("the shape to be a list");
  auto rank = static_cast<uint32_t>(tokens[at++].size);
  if (rank > maxRank)
    return Status::error(ErrorKind::Unsupported, "expected at most %u dimensions, but got %u", maxRank, rank);
  ref.rank = rank;
  for (uint32_t i = 0; i < rank; ++i) {
    uint64_t dim;
    if (!takeInteger(dim) || dim > INT64_MAX)
      return corrupt("the shape to hold integers in 0..2^63-1");
    ref.dims[i] = static_cast<int64_t>(dim);
  }
  return Status::ok();
}

Status SafetensorsParser::parseOffsets(uint64_t &begin, uint64_t &end) {
  if (!isAt(JSMN_ARRAY) || tokens[at++].size != 2 || !takeInteger(begin) || !takeInteger(end))
    return corrupt("data_offsets to be two integers");
  if (begin > end || end > dataBytes)
    return Status::error(ErrorKind::Corrupt, "expected data_offsets inside of %llu bytes of data, but got [%llu, %llu]",
                         static_cast<unsigned long long>(dataBytes), static_cast<unsigned long long>(begin),
                         static_cast<unsigned long long>(end));
  return Status::ok();
}

Status SafetensorsParser::parseTensor(const char *tensorName) {
  TensorRef ref;
  uint64_t begin = 0, end = 0, bytes;
  bool hasType = false, hasShape = false, hasOffsets = false;
  if (!isAt(JSMN_OBJECT))
    return corrupt("an object with dtype, shape and data_offsets");
  int fields = tokens[at++].size;
  for (int i = 0; i < fields; ++i) {
    if (!isAt(JSMN_STRING) || peek().size != 1)
      return corrupt("an object with dtype, shape and data_offsets");
    if (isText("dtype") && !hasType) {
      ++at;
      hasType = isAt(JSMN_STRING) && peek().size == 0 &&
                findSafetensorsType(header + peek().start, static_cast<size_t>(peek().end - peek().start), ref.dtype);
      if (!hasType)
        return Status::error(ErrorKind::Unsupported, "expected a dtype such as F32, but got another one");
      ++at;
    } else if (isText("shape") && !hasShape) {
      ++at;
      DLC_RETURN_IF_FAILED(parseShape(ref));
      hasShape = true;
    } else if (isText("data_offsets") && !hasOffsets) {
      ++at;
      DLC_RETURN_IF_FAILED(parseOffsets(begin, end));
      hasOffsets = true;
    } else {
      return corrupt("each of dtype, shape and data_offsets once, and nothing else");
    }
  }
  if (!hasType || !hasShape || !hasOffsets)
    return corrupt("an object with dtype, shape and data_offsets");
  if (!byteSize(ref, bytes) || bytes != end - begin)
    return Status::error(ErrorKind::Corrupt, "expected data_offsets to span the bytes of the shape, but got %llu",
                         static_cast<unsigned long long>(end - begin));
  ref.data = const_cast<char *>(data + begin);
  ranges[tensorCount] = {begin, end, tensorName};
  out.entries[tensorCount++] = {tensorName, ref};
  return Status::ok();
}

Status SafetensorsParser::parseMetadata() {
  if (!isAt(JSMN_OBJECT) || textCount > 0)
    return corrupt("__metadata__ to be one object of strings");
  int fields = tokens[at++].size;
  for (int i = 0; i < fields; ++i) {
    const char *key = takeString(true);
    const char *value = key ? takeString(false) : nullptr;
    if (!value || textCount == out.texts.size())
      return corrupt("__metadata__ to be one object of strings");
    out.texts[textCount++] = {key, value};
  }
  return Status::ok();
}

Status SafetensorsParser::parseEntry() {
  const char *key = takeString(true);
  if (!key)
    return corrupt("a name in UTF-8 before each tensor");
  if (strcmp(key, "__metadata__") == 0)
    return parseMetadata();
  Status status = parseTensor(key);
  return status.withContext("tensor '%s'", key);
}

Status SafetensorsParser::checkTiling() {
  auto byBegin = [](const void *a, const void *b) {
    const auto &first = *static_cast<const Range *>(a), &second = *static_cast<const Range *>(b);
    if (first.begin != second.begin)
      return first.begin < second.begin ? -1 : 1;
    return first.end < second.end ? -1 : first.end > second.end;
  };
  qsort(ranges.data(), tensorCount, sizeof(Range), byBegin);
  uint64_t end = 0;
  for (size_t i = 0; i < tensorCount; ++i) {
    if (ranges[i].begin != end)
      return Status::error(
          ErrorKind::Corrupt, "expected tensor '%s' to start at byte %llu, where the one before it ends, but got %llu",
          ranges[i].name, static_cast<unsigned long long>(end), static_cast<unsigned long long>(ranges[i].begin));
    end = ranges[i].end;
  }
  if (end != dataBytes)
    return Status::error(ErrorKind::Corrupt, "expected %llu bytes of data, but got %llu",
                         static_cast<unsigned long long>(end), static_cast<unsigned long long>(dataBytes));
  return Status::ok();
}

Status SafetensorsParser::checkNames() {
  auto byName = [](const void *a, const void *b) {
    return strcmp(static_cast<const NamedTensor *>(a)->name, static_cast<const NamedTensor *>(b)->name);
  };
  qsort(out.entries.data(), tensorCount, sizeof(NamedTensor), byName);
  for (size_t i = 1; i < tensorCount; ++i)
    if (strcmp(out.entries[i - 1].name, out.entries[i].name) == 0)
      return Status::error(ErrorKind::Corrupt, "expected unique names, but got '%s' twice", out.entries[i].name);
  return Status::ok();
}

Status SafetensorsParser::checkBools() const {
  for (size_t i = 0; i < tensorCount; ++i) {
    const NamedTensor &tensor = out.entries[i];
    uint64_t bytes = 0;
    if (tensor.ref.dtype != DType::Bool || !byteSize(tensor.ref, bytes))
      continue;
    for (uint64_t b = 0; b < bytes; ++b)
      if (static_cast<const unsigned char *>(tensor.ref.data)[b] > 1)
        return Status::error(ErrorKind::Corrupt, "tensor '%s': expected bools to be 0 or 1", tensor.name);
  }
  return Status::ok();
}

Status SafetensorsParser::parse() {
  DLC_RETURN_IF_FAILED(tokenize());
  DLC_RETURN_IF_FAILED(countEntries());
  at = 1;
  for (int i = 0; i < tokens[0].size; ++i)
    DLC_RETURN_IF_FAILED(parseEntry());
  if (at != tokenCount)
    return corrupt("a header of one object of tensors");
  DLC_RETURN_IF_FAILED(checkTiling());
  DLC_RETURN_IF_FAILED(checkNames());
  DLC_RETURN_IF_FAILED(checkBools());
  out.entries.truncate(tensorCount);
  out.texts.truncate(textCount);
  return Status::ok();
}

Status Safetensors::parse(const Buffer &file, Safetensors *&out) {
  auto *made = create<Safetensors>();
  if (!made)
    return Status::error(ErrorKind::Io, "cannot allocate the record of a file");
  made->file = file;
  Status status = SafetensorsParser(*made).parse();
  if (status.failed())
    destroy(made);
  else
    out = made;
  return status;
}

Status Safetensors::open(const char *path, Safetensors *&out) {
  Buffer file;
  DLC_RETURN_IF_FAILED(mapFile(path, file));
  return parse(file, out).withContext("cannot read '%s'", path);
}

void Safetensors::destroy(Safetensors *file) { dlc::destroy(file); }

const NamedTensor *Safetensors::find(const char *name) const {
  size_t low = 0, high = entries.size();
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(name, entries[middle].name);
    if (order == 0)
      return &entries[middle];
    (order < 0 ? high : low) = order < 0 ? middle : middle + 1;
  }
  return nullptr;
}
