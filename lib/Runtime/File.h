//===- File.h - Reading and writing whole files ---------------------------===//
//
// Every failure is an Io Status that names the file and what the system said. Writing is all or nothing: readers see
// the old file or the whole new one.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_FILE_H
#define DLC_RUNTIME_FILE_H

#include "lib/Runtime/Buffer.h"

namespace dlc {

/// Reads a regular file into new 64-byte aligned memory.
Status readFile(const char *path, Buffer &out);

/// Maps a regular file read-only; the mapping ends with the last handle. Pages are read as they are touched, and
/// shrinking the file meanwhile is fatal, so this is for files that are not written to in place (weights, artifacts).
Status mapFile(const char *path, Buffer &out);

/// A run of bytes.
struct FilePiece {
  const void *data;
  size_t bytes;
};

/// Makes `path` a file of the pieces, one behind the other, by way of a new file beside it that takes its place. Of a
/// symbolic link the file that it names is replaced; a device or pipe is written to.
Status writeFile(const char *path, const FilePiece *pieces, size_t count, unsigned permissions = 0666);

/// Makes a folder, and those it lies in, where there is nothing of that name yet.
Status makeFolders(const char *path);

} // namespace dlc

#endif // DLC_RUNTIME_FILE_H
