// The command line over CLI11.
#include "tools/dlc/Command.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace dlc::cli {

namespace {

constexpr char usagePrefix[] = "usage: ";
constexpr char outputError[] = "cannot write to the standard output";

class CliCommand : public Command {
public:
  CliCommand(CLI::App &app, std::function<Status()> &work) : app(app), work(work) {}

  void positional(const std::string &name, std::string &value, const std::string &help) override {
    app.add_option(name, value, help)->required()->type_name("");
  }
  void option(const std::string &flag, const std::string &placeholder, std::string &value,
              const std::string &help) override {
    app.add_option(flag, value, help)->type_name(placeholder);
  }
  void required(const std::string &flag, const std::string &placeholder, std::string &value,
                const std::string &help) override {
    app.add_option(flag, value, help)->type_name(placeholder)->required();
  }
  void option(const std::string &flag, const std::string &placeholder, std::vector<std::string> &values,
              const std::string &help) override {
    app.add_option(flag, values, help)->type_name(placeholder)->type_size(1)->allow_extra_args(false);
  }
  void option(const std::string &flag, unsigned &value, unsigned low, unsigned high, const std::string &help) override {
    number(flag, value, low, high, help);
  }
  void option(const std::string &flag, uint64_t &value, uint64_t low, uint64_t high, const std::string &help) override {
    number(flag, value, low, high, help);
  }
  void choice(const std::string &flag, std::string &value, const std::vector<std::string> &words,
              const std::string &help) override {
    std::string list;
    for (const std::string &word : words)
      list += (list.empty() ? "" : "|") + word;
    auto check = [words, list](const std::string &text) {
      for (const std::string &word : words)
        if (word == text)
          return std::string();
      return "expected one of " + list + ", but got '" + text + "'";
    };
    bool isPositional = flag[0] != '-';
    CLI::Option *option = app.add_option(flag, value, isPositional ? help + ": " + list : help)->check(check);
    option->type_name(isPositional ? "" : list);
    if (isPositional)
      option->required();
  }
  void flag(const std::string &flag, bool &value, const std::string &help) override { app.add_flag(flag, value, help); }
  void action(std::function<Status()> action) override { work = std::move(action); }

private:
  template <class T>
  void number(const std::string &flag, T &value, uint64_t low, uint64_t high, const std::string &help) {
    auto check = [low, high](const std::string &text) {
      bool isNumber = !text.empty() && text.size() < 20 && text.find_first_not_of("0123456789") == std::string::npos;
      uint64_t got = isNumber ? std::stoull(text) : 0;
      if (isNumber && got >= low && got <= high)
        return std::string();
      return "expected a number in " + std::to_string(low) + ".." + std::to_string(high) + ", but got '" + text + "'";
    };
    app.add_option(flag, value, help)->type_name("N")->check(check);
  }

  CLI::App &app;
  std::function<Status()> &work;
};

/// Names in a message may come from a hostile file: they must not steer a terminal.
std::string printable(const std::string &message) {
  std::string text;
  for (char c : message) {
    if ((c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 0x7f) {
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02x", unsigned(c));
      text += code;
    } else {
      text += c;
    }
  }
  return text;
}

int report(const std::string &message, int code) {
  std::fflush(stdout);
  std::fprintf(stderr, "error: %s\n", printable(message).c_str());
  return code;
}

} // namespace

Status usageError(const std::string &message) {
  return Status::error(ErrorKind::Value, "%s%s", usagePrefix, message.c_str());
}

int runCommandLine(int count, char **arguments, const std::vector<Subcommand> &subcommands,
                   const Environment &environment, bool (*flush)()) {
  CLI::App app("dlc: a tensor compiler with exact numerics", "dlc");
  app.set_version_flag("--version", DLC_VERSION);
  app.require_subcommand(0, 1); // that one is given is checked below, after unknown words
  std::vector<std::function<Status()>> work(subcommands.size());
  std::vector<std::unique_ptr<CliCommand>> commands;
  for (size_t i = 0; i < subcommands.size(); ++i) {
    CLI::App *sub = app.add_subcommand(subcommands[i].name, subcommands[i].summary);
    sub->footer(std::string("Example:\n  ") + subcommands[i].example);
    commands.push_back(std::make_unique<CliCommand>(*sub, work[i]));
    subcommands[i].define(*commands.back(), environment);
  }
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() != 0)
      return report(error.what(), 2);
    app.exit(error); // prints the help
    return flush() ? 0 : report(outputError, 1);
  }
  if (app.get_subcommands().empty())
    return report("expected a subcommand (see --help), but got none", 2);
  for (size_t i = 0; i < subcommands.size(); ++i) {
    if (!app.got_subcommand(subcommands[i].name))
      continue;
    Status status = work[i]();
    bool isWritten = flush();
    if (status.failed()) {
      std::string message = status.message();
      bool isUsage = message.rfind(usagePrefix, 0) == 0;
      return report(isUsage ? message.substr(sizeof usagePrefix - 1) : message, isUsage ? 2 : 1);
    }
    if (!isWritten)
      return report(outputError, 1);
  }
  return 0;
}

} // namespace dlc::cli
