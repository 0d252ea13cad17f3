// lld, linked in. Inputs and output are bytes in memory, handed over by memfds and a pipe (by files in a folder of our
// own where memfds or /proc are missing), so that no toolkit and no other file takes part.
#ifndef DLC_COMPILER_AOT_LINKER_H
#define DLC_COMPILER_AOT_LINKER_H

#include "lib/Runtime/Status.h"

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace dlc::aot {

/// The command line of one link, in order: flags and inputs.
class Link {
public:
  Link();
  ~Link();
  Link(const Link &) = delete;
  Link &operator=(const Link &) = delete;

  void flag(llvm::StringRef text) { arguments.push_back(text.str()); }
  /// Adds an input; `name` is for messages. The bytes are copied.
  Status input(llvm::StringRef name, llvm::StringRef bytes);
  /// Links to memory; Io with lld's message if that fails. Links of a process run one after the other.
  Status run(std::string &output);

private:
  Status runThroughPipe(std::string &output, bool &isUsable);
  Status makeFile(std::string &path, int &descriptor);
  bool makeMemoryFile(llvm::StringRef name, std::string &path, int &descriptor);

  std::vector<std::string> arguments;
  std::vector<int> descriptors;
  std::string folder; ///< made at need
  std::vector<std::string> files;
};

} // namespace dlc::aot

#endif // DLC_COMPILER_AOT_LINKER_H
