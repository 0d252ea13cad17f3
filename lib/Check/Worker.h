// A child process that answers requests, so that whoever asks outlives crashes and endless loops of what is asked. The
// parent must be single-threaded where it starts one: children are forked.
#ifndef DLC_CHECK_WORKER_H
#define DLC_CHECK_WORKER_H

#include <functional>
#include <string>

#include <sys/types.h>

namespace dlc::check {

/// What came of a request.
struct Reply {
  enum class Kind { Answered, Crashed, TimedOut } kind = Kind::Answered;
  std::string text; ///< the answer; of a crash "signal 11 (Segmentation fault)" and the last line of standard error
};

class Worker {
public:
  using Handler = std::function<std::string(const std::string &request)>;

  /// `make` runs in every child once it is started and gives what answers its requests.
  explicit Worker(std::function<Handler()> make) : make(std::move(make)) {}
  ~Worker() { stop(); }
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;

  /// Sends a request, and starts a child if none runs. False if none can be started.
  bool send(const std::string &request);
  /// A descriptor that is readable once the reply, or the end of the child, is there.
  int descriptor() const { return replies; }
  /// Waits up to `seconds` for the reply to the last request. A child that crashed or is late is gone afterwards.
  Reply receive(double seconds);
  Reply ask(const std::string &request, double seconds);
  /// Ends the child, if one runs.
  void stop();
  bool isRunning() const { return child > 0; }

private:
  bool start();
  Reply buryCrashed();
  std::string lastWords();

  std::function<Handler()> make;
  pid_t child = -1;
  int requests = -1, replies = -1, errors = -1;
};

} // namespace dlc::check

#endif // DLC_CHECK_WORKER_H
