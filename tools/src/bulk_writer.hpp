#pragma once

#include <quire/messages/requests.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace quire::tools {

struct bulk_options {
  std::size_t operations_per_request = 256;
  /// Requests sent and not answered.
  std::size_t under_way = 16;
  /// How often a request is tried that the engine was too busy for.
  int attempts = 200;
};

struct bulk_counts {
  std::uint64_t created = 0;
  std::uint64_t changed = 0;    ///< updated or deleted
  std::uint64_t unchanged = 0;  ///< found as asked
  std::uint64_t refused = 0;    ///< operations that failed on their own
  std::uint64_t retries = 0;
};

/// Sends a long run of operations as requests of many, several at a time. Their order is kept
/// within a request only, and a request may be applied twice: operations between two calls of
/// `drain` must not depend on each other unless they were added together by `add_together`, and
/// applying one again must change nothing.
///
/// What the engine is too busy for, or what became of it is not known, is sent again. A request
/// refused for one of its operations is cut in halves until that one is found, reported and passed
/// over. Trouble with storage ends the run. Use from one thread; answers may come on any.
class bulk_writer {
 public:
  using answer = std::function<void(result<write_reply>)>;
  using submit = std::function<void(std::vector<operation>, answer)>;
  using refusal = std::function<void(const operation&, const error&)>;

  /// `send` is called in the caller's thread; `refused` too.
  bulk_writer(submit send, refusal refused, const bulk_options& options = {});
  bulk_writer(const bulk_writer&) = delete;
  bulk_writer& operator=(const bulk_writer&) = delete;
  /// Waits for what is under way.
  ~bulk_writer();

  /// Adds one operation; sends when enough are together. Waits when too much is under way. Fails
  /// with what ended the run.
  [[nodiscard]] result<void> add(operation what);
  /// Adds operations that must commit in one.
  [[nodiscard]] result<void> add_together(std::vector<operation> what);
  /// Sends what is left and waits for all answers.
  [[nodiscard]] result<void> drain();

  [[nodiscard]] const bulk_counts& counts() const { return counts_; }
  /// Highest change number that was answered.
  [[nodiscard]] change_seq seq() const { return seq_; }

 private:
  /// Operations that commit in one; only whole units are cut apart.
  using unit = std::vector<operation>;
  struct request {
    std::vector<unit> units;
    int attempts = 0;
  };
  struct reply {
    std::shared_ptr<request> of;
    result<write_reply> value;
  };
  /// Shared with the answers, which may come late.
  struct inbox {
    std::mutex lock;
    std::condition_variable arrived;
    std::deque<reply> replies;
  };

  result<void> flush();
  void send(const std::shared_ptr<request>& what);
  /// Takes one answer, waiting for it.
  result<void> take();
  result<void> settle(const reply& answered);
  void count(const write_reply& answered);

  submit send_;
  refusal refused_;
  bulk_options options_;
  std::shared_ptr<inbox> inbox_ = std::make_shared<inbox>();
  request next_;
  std::size_t next_size_ = 0;
  std::size_t under_way_ = 0;
  bulk_counts counts_;
  change_seq seq_;
  error failure_;
};

}  // namespace quire::tools
