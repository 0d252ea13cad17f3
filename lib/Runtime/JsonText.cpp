//===- JsonText.cpp - Strings of JSON -------------------------------------===//
//
// Decoding never makes a string longer; encoding makes a byte at most six.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/JsonText.h"

#include <stdint.h>
#include <stdio.h>

using namespace dlc;

bool dlc::isUtf8(const char *text, size_t length) {
  const auto *at = reinterpret_cast<const unsigned char *>(text), *end = at + length;
  while (at < end) {
    unsigned char lead = *at++;
    if (lead < 0x80)
      continue;
    int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || end - at < more)
      return false;
    uint32_t point = lead & (0x3f >> more);
    for (int i = 0; i < more; ++i, ++at) {
      if ((*at & 0xc0) != 0x80)
        return false;
      point = point << 6 | (*at & 0x3f);
    }
    constexpr uint32_t lowest[] = {0, 0x80, 0x800, 0x10000};
    if (point < lowest[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
      return false;
  }
  return true;
}

static bool readHex4(const char *text, const char *end, uint32_t &value) {
  if (end - text < 4)
    return false;
  value = 0;
  for (int i = 0; i < 4; ++i) {
    char c = text[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
    if (digit < 0)
      return false;
    value = value << 4 | static_cast<uint32_t>(digit);
  }
  return true;
}

static char *putUtf8(uint32_t point, char *out) {
  if (point < 0x80) {
    *out++ = static_cast<char>(point);
    return out;
  }
  int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
  *out++ = static_cast<char>(leads[more] | point >> (6 * more));
  for (int i = more - 1; i >= 0; --i)
    *out++ = static_cast<char>(0x80 | (point >> (6 * i) & 0x3f));
  return out;
}

/// Reads what follows "\u", surrogate pairs included; false if it is no character.
static bool readEscapedPoint(const char *&at, const char *end, uint32_t &point) {
  if (!readHex4(at, end, point))
    return false;
  at += 4;
  if (point < 0xd800 || point >= 0xe000)
    return point != 0;
  uint32_t low;
  if (point >= 0xdc00 || end - at < 6 || at[0] != '\\' || at[1] != 'u' || !readHex4(at + 2, end, low) || low < 0xdc00 ||
      low >= 0xe000)
    return false;
  at += 6;
  point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
  return true;
}

long dlc::decodeJsonString(const char *text, size_t length, char *out) {
  const char *at = text, *end = text + length;
  char *start = out;
  while (at < end) {
    char c = *at++;
    if (static_cast<unsigned char>(c) < 0x20)
      return -1;
    if (c != '\\') {
      *out++ = c;
      continue;
    }
    if (at == end)
      return -1;
    uint32_t point;
    switch (*at++) {
    case '"':
      *out++ = '"';
      break;
    case '\\':
      *out++ = '\\';
      break;
    case '/':
      *out++ = '/';
      break;
    case 'b':
      *out++ = '\b';
      break;
    case 'f':
      *out++ = '\f';
      break;
    case 'n':
      *out++ = '\n';
      break;
    case 'r':
      *out++ = '\r';
      break;
    case 't':
      *out++ = '\t';
      break;
    case 'u':
      if (!readEscapedPoint(at, end, point))
        return -1;
      out = putUtf8(point, out);
      break;
    default:
      return -1;
    }
  }
  *out = '\0';
  return isUtf8(start, static_cast<size_t>(out - start)) ? static_cast<long>(out - start) : -1;
}

size_t dlc::encodeJsonString(const char *text, size_t length, char *out) {
  char *start = out;
  for (size_t i = 0; i < length; ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      *out++ = '\\';
      *out++ = static_cast<char>(c);
    } else if (c < 0x20) {
      char escape[8];
      snprintf(escape, sizeof(escape), "\\u%04x", c);
      for (int k = 0; k < 6; ++k)
        *out++ = escape[k];
    } else {
      *out++ = static_cast<char>(c);
    }
  }
  return static_cast<size_t>(out - start);
}
