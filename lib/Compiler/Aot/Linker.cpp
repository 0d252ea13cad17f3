// memfds, a pipe, and lld behind a mutex.
#include "lib/Compiler/Aot/Linker.h"

#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

namespace dlc::aot {

Link::Link() { flag("ld.lld"); }

Link::~Link() {
  for (int descriptor : descriptors)
    close(descriptor);
  for (const std::string &file : files)
    unlink(file.c_str());
  if (!folder.empty())
    rmdir(folder.c_str());
}

/// An empty file in a folder that only this user may enter.
Status Link::makeFile(std::string &path, int &descriptor) {
  if (folder.empty()) {
    llvm::SmallString<128> pattern;
    llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/true, pattern);
    llvm::sys::path::append(pattern, "dlc-link-XXXXXX");
    if (!mkdtemp(const_cast<char *>(pattern.c_str())))
      return Status::error(ErrorKind::Io, "cannot make the folder '%s': %s", pattern.c_str(), std::strerror(errno));
    folder = pattern.str().str();
  }
  path = folder + "/" + std::to_string(files.size());
  std::error_code error =
      llvm::sys::fs::openFileForReadWrite(path, descriptor, llvm::sys::fs::CD_CreateNew, llvm::sys::fs::OF_None);
  if (error)
    return Status::error(ErrorKind::Io, "cannot write '%s': %s", path.c_str(), error.message().c_str());
  files.push_back(path);
  descriptors.push_back(descriptor);
  return Status::ok();
}

/// A memfd, which needs a kernel that has them and /proc, by which lld opens it.
bool Link::makeMemoryFile(llvm::StringRef name, std::string &path, int &descriptor) {
  descriptor = memfd_create(name.str().c_str(), MFD_CLOEXEC);
  if (descriptor < 0)
    return false;
  descriptors.push_back(descriptor);
  path = "/proc/self/fd/" + std::to_string(descriptor);
  return access(path.c_str(), R_OK) == 0;
}

Status Link::input(llvm::StringRef name, llvm::StringRef bytes) {
  std::string path;
  int descriptor;
  if (!makeMemoryFile(name, path, descriptor))
    DLC_RETURN_IF_FAILED(makeFile(path, descriptor));
  llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/false);
  stream << bytes;
  stream.flush();
  if (stream.has_error()) {
    std::string message = stream.error().message();
    stream.clear_error();
    return Status::error(ErrorKind::Io, "cannot hand '%s' to the linker: %s", name.str().c_str(), message.c_str());
  }
  arguments.push_back(path);
  return Status::ok();
}

/// Runs lld on the arguments so far with one output; the caller holds the mutex.
static Status runLld(std::vector<std::string> arguments, const std::string &output, bool &isUsable) {
  arguments.insert(arguments.end(), {"-o", output});
  std::vector<const char *> line;
  for (const std::string &argument : arguments)
    line.push_back(argument.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  lld::Result result = lld::lldMain(line, stream, stream, {{lld::Gnu, &lld::elf::link}});
  isUsable = result.canRunAgain;
  if (result.retCode == 0)
    return Status::ok();
  llvm::StringRef first = llvm::StringRef(messages).split('\n').first;
  first.consume_front("ld.lld: error: ");
  return Status::error(ErrorKind::Io, "cannot link: %s", first.str().c_str());
}

/// lld makes regular files anew beside the old and writes to all others, so memory is reached by a pipe.
Status Link::runThroughPipe(std::string &output, bool &isUsable) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return Status::error(ErrorKind::Io, "cannot make a pipe: %s", std::strerror(errno));
  std::thread reader([&, from = ends[0]] {
    char bytes[1 << 16];
    for (ssize_t count; (count = read(from, bytes, sizeof bytes)) != 0;)
      if (count > 0)
        output.append(bytes, size_t(count));
      else if (errno != EINTR)
        break;
  });
  Status status = runLld(arguments, "/proc/self/fd/" + std::to_string(ends[1]), isUsable);
  close(ends[1]);
  reader.join();
  close(ends[0]);
  return status;
}

Status Link::run(std::string &output) {
  static std::mutex mutex;
  static bool isUsable = true;
  std::lock_guard<std::mutex> lock(mutex);
  if (!isUsable)
    return Status::error(ErrorKind::Internal, "the linker crashed earlier in this process");
  output.clear();
  if (access("/proc/self/fd", X_OK) == 0)
    return runThroughPipe(output, isUsable);
  std::string path;
  int descriptor;
  DLC_RETURN_IF_FAILED(makeFile(path, descriptor));
  DLC_RETURN_IF_FAILED(runLld(arguments, path, isUsable));
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return Status::error(ErrorKind::Io, "cannot read what was linked: %s", buffer.getError().message().c_str());
  output = (*buffer)->getBuffer().str();
  return Status::ok();
}

} // namespace dlc::aot
