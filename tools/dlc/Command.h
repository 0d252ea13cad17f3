// One subcommand's flags and action, over CLI11: only Command.cpp sees that library and its exceptions, so subcommands
// are compiled as the rest of the compiler is.
//
// Exit codes of every subcommand: 0 success, 1 the work failed, 2 the command line is wrong.
#ifndef DLC_TOOLS_DLC_COMMAND_H
#define DLC_TOOLS_DLC_COMMAND_H

#include "lib/Runtime/Status.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dlc::cli {

/// What the environment says, read once by main.
struct Environment {
  std::string threads;  ///< DLC_NUM_THREADS
  std::string cacheDir; ///< DLC_CACHE_DIR, else $XDG_CACHE_HOME/dlc, else ~/.cache/dlc; empty: none
};

/// The flags of a subcommand. Each call binds one to a variable, which must live as long as the action.
class Command {
public:
  virtual ~Command() = default;
  virtual void positional(const std::string &name, std::string &value, const std::string &help) = 0;
  virtual void option(const std::string &flag, const std::string &placeholder, std::string &value,
                      const std::string &help) = 0;
  /// One that must be given.
  virtual void required(const std::string &flag, const std::string &placeholder, std::string &value,
                        const std::string &help) = 0;
  /// May be given several times.
  virtual void option(const std::string &flag, const std::string &placeholder, std::vector<std::string> &values,
                      const std::string &help) = 0;
  /// A number in low..high.
  virtual void option(const std::string &flag, unsigned &value, unsigned low, unsigned high,
                      const std::string &help) = 0;
  virtual void option(const std::string &flag, uint64_t &value, uint64_t low, uint64_t high,
                      const std::string &help) = 0;
  /// One of a list of words.
  virtual void choice(const std::string &flag, std::string &value, const std::vector<std::string> &words,
                      const std::string &help) = 0;
  virtual void flag(const std::string &flag, bool &value, const std::string &help) = 0;
  /// What runs when the command line is fine.
  virtual void action(std::function<Status()> work) = 0;
};

/// How a subcommand enters the table of main.
struct Subcommand {
  const char *name;
  const char *summary;
  const char *example;
  void (*define)(Command &command, const Environment &environment);
};

/// A failure whose cause is the command line: exit code 2.
Status usageError(const std::string &message);

/// Parses and runs; returns the exit code. `flush` says whether everything printed so far has left the process.
int runCommandLine(int count, char **arguments, const std::vector<Subcommand> &subcommands,
                   const Environment &environment, bool (*flush)());

} // namespace dlc::cli

#endif // DLC_TOOLS_DLC_COMMAND_H
