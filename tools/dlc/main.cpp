// The dlc command: reads the environment once and hands over to a subcommand.
#include "tools/dlc/Output.h"
#include "tools/dlc/Subcommands.h"

#include <cstdlib>

using namespace dlc::cli;

static std::string variable(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

static std::string cacheFolder() {
  if (std::string folder = variable("DLC_CACHE_DIR"); !folder.empty())
    return folder;
  if (std::string folder = variable("XDG_CACHE_HOME"); !folder.empty())
    return folder + "/dlc";
  std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.cache/dlc";
}

int main(int count, char **arguments) {
  Environment environment;
  environment.threads = variable("DLC_NUM_THREADS");
  environment.cacheDir = cacheFolder();
  return runCommandLine(count, arguments,
                        {runSubcommand, compileSubcommand, gradSubcommand, explainSubcommand, inspectSubcommand,
                         verifySubcommand, reduceSubcommand, fuzzSubcommand, cacheSubcommand, doctorSubcommand},
                        environment, flushOutput);
}
