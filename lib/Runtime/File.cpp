//===- File.cpp - Reading and writing whole files -------------------------===//
//
// Plain system calls, retried when interrupted or partial.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/File.h"

#include "lib/Runtime/Create.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace dlc;

static Status ioError(const char *doing, const char *path, int code) {
  return Status::error(ErrorKind::Io, "cannot %s '%s': %s", doing, path, strerror(code));
}

namespace {
/// Closes a file descriptor at the end of a scope.
struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0)
      close(number);
  }
};
} // namespace

/// Opens a regular file for reading and finds its size.
static Status openRegular(const char *path, int &file, size_t &bytes) {
  file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return ioError("open", path, errno);
  struct stat status;
  if (fstat(file, &status) != 0)
    return ioError("read", path, errno);
  if (!S_ISREG(status.st_mode))
    return Status::error(ErrorKind::Io, "cannot read '%s': expected a regular file", path);
  bytes = static_cast<size_t>(status.st_size);
  return Status::ok();
}

Status dlc::readFile(const char *path, Buffer &out) {
  Descriptor file = {-1};
  size_t bytes;
  DLC_RETURN_IF_FAILED(openRegular(path, file.number, bytes));
  Buffer buffer;
  if (Status status = Buffer::allocate(bytes, buffer); status.failed())
    return status.withContext("cannot read '%s'", path);
  for (size_t done = 0; done < bytes;) {
    ssize_t count = read(file.number, static_cast<char *>(buffer.data()) + done, bytes - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return ioError("read", path, errno);
    if (count == 0)
      return Status::error(ErrorKind::Io, "cannot read '%s': expected %zu bytes, but it ended at %zu", path, bytes,
                           done);
    done += static_cast<size_t>(count);
  }
  out = static_cast<Buffer &&>(buffer);
  return Status::ok();
}

namespace {
struct Mapping {
  void *data;
  size_t bytes;
};
} // namespace

Status dlc::mapFile(const char *path, Buffer &out) {
  Descriptor file = {-1};
  size_t bytes;
  DLC_RETURN_IF_FAILED(openRegular(path, file.number, bytes));
  if (bytes == 0)
    return Buffer::allocate(0, out);
  void *data = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file.number, 0);
  if (data == MAP_FAILED)
    return ioError("map", path, errno);
  auto *mapping = create<Mapping>(Mapping{data, bytes});
  auto end = [](void *context) {
    auto *ended = static_cast<Mapping *>(context);
    munmap(ended->data, ended->bytes);
    destroy(ended);
  };
  Status status = mapping ? Buffer::wrap(data, bytes, end, mapping, out) : ioError("map", path, ENOMEM);
  if (status.failed()) {
    munmap(data, bytes);
    destroy(mapping);
  }
  return status;
}

static int writeAll(int file, const void *data, size_t bytes) {
  for (size_t done = 0; done < bytes;) {
    ssize_t count = write(file, static_cast<const char *>(data) + done, bytes - done);
    if (count < 0 && errno != EINTR)
      return errno;
    if (count > 0)
      done += static_cast<size_t>(count);
  }
  return 0;
}

/// Writes the pieces to an open file and closes it; 0 or the error.
static int writePieces(Descriptor &file, const FilePiece *pieces, size_t count) {
  int code = 0;
  for (size_t i = 0; i < count && code == 0; ++i)
    code = writeAll(file.number, pieces[i].data, pieces[i].bytes);
  int closed = close(file.number);
  file.number = -1;
  return code == 0 && closed != 0 ? errno : code;
}

/// What is there and no regular file (a device, a pipe) holds nothing that could be lost, and must not be replaced.
static Status writeInPlace(const char *path, const FilePiece *pieces, size_t count) {
  Descriptor file = {open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)};
  if (file.number < 0)
    return ioError("write", path, errno);
  int code = writePieces(file, pieces, count);
  return code == 0 ? Status::ok() : ioError("write", path, code);
}

Status dlc::writeFile(const char *path, const FilePiece *pieces, size_t count, unsigned permissions) {
  static unsigned serial = 0;
  struct stat status;
  if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
    return writeInPlace(path, pieces, count);
  char target[PATH_MAX], temporary[4096];
  const char *place = lstat(path, &status) == 0 && S_ISLNK(status.st_mode) ? realpath(path, target) : nullptr;
  if (!place)
    place = path;
  int length = snprintf(temporary, sizeof(temporary), "%s.%d.%u.tmp", place, static_cast<int>(getpid()),
                        __atomic_fetch_add(&serial, 1, __ATOMIC_RELAXED));
  if (length < 0 || static_cast<size_t>(length) >= sizeof(temporary))
    return ioError("write", path, ENAMETOOLONG);
  Descriptor file = {open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)};
  if (file.number < 0)
    return ioError("write", path, errno);
  int code = writePieces(file, pieces, count);
  if (code == 0 && rename(temporary, place) != 0)
    code = errno;
  if (code == 0)
    return Status::ok();
  unlink(temporary);
  return ioError("write", path, code);
}

Status dlc::makeFolders(const char *path) {
  char part[PATH_MAX];
  if (strlen(path) >= sizeof(part))
    return ioError("make the folder", path, ENAMETOOLONG);
  strcpy(part, path);
  for (char *at = part; *at; ++at)
    if (*at == '/' && at > part) {
      *at = '\0';
      mkdir(part, 0777); // the last one tells
      *at = '/';
    }
  if (mkdir(part, 0777) != 0 && errno != EEXIST)
    return ioError("make the folder", path, errno);
  return Status::ok();
}
