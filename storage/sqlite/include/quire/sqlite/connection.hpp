#pragma once

#include <quire/messages/error.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace quire::sqlite {

class statement;
struct connection_access;

enum class open_mode : std::uint8_t {
  create,      ///< opens for writing; a missing file is made, with mode 0600
  read_write,  ///< opens for writing; a missing file is `not_found`
  read_only,   ///< opens for reading only, twice guarded: by the file handle and by `query_only`
};

/// When a commit is on the disk. `full`: before COMMIT returns. `normal`: after the next
/// checkpoint, so a power failure may take the last commits; a process that dies loses nothing
/// either way.
enum class durability : std::uint8_t { full, normal };

struct open_options {
  open_mode mode = open_mode::read_write;
  durability sync = durability::full;
  std::chrono::milliseconds busy_timeout{5000};  ///< how long a locked file is waited for
  std::int64_t cache_kib = 32000;                ///< bound on the page cache
  std::string vfs = {};                               ///< name of a registered VFS; empty: the default
};

/// What a checkpoint left behind, in frames (one page each).
struct checkpoint_state {
  std::int64_t log_frames = 0;    ///< frames in the WAL
  std::int64_t checkpointed = 0;  ///< of these, copied into the database
};

/// One connection to one file: the only way to SQLite.
/// One thread at a time may use a connection and everything made from it; only `interrupt` may be
/// called from another. Statements, savepoints and transactions must be destroyed before their
/// connection; moving a connection leaves them valid. The connection sets everything on opening
/// (WAL, foreign keys, no trusted schema, no ATTACH, defensive mode, no automatic checkpoints) and
/// touches no process-wide setting of SQLite.
///
/// Errors carry the statement's name, SQLite's message (which names table and column) and the
/// extended result code: `unique_violation`, `foreign_key_violation`, `not_null_violation`,
/// `check_violation`, `append_only`, `storage_busy`, `storage_full`, `storage_corrupt`,
/// `too_large`, `deadline_exceeded` (interrupted), and `storage_io` for anything else.
class connection {
 public:
  /// Opens `file`. The folder must exist. In-memory names and URIs are `invalid_path`: all
  /// connections must see one file. Fails with `invalid_path`, `not_found`, `storage_corrupt` (no
  /// database), `storage_busy`, `storage_io`.
  [[nodiscard]] static result<connection> open(const std::filesystem::path& file,
                                               const open_options& options);

  connection(connection&&) noexcept;
  connection& operator=(connection&&) noexcept;
  ~connection();

  /// Runs one or many statements; rows they give are dropped. For DDL and scripts: nothing is
  /// cached. The error's name is the beginning of the text.
  result<void> execute(std::string_view sql);
  /// Prepares one statement. `name` says in errors what was tried ("insert node"). More than one
  /// statement in `sql`, or none, is `internal`.
  [[nodiscard]] result<statement> prepare(std::string_view name, std::string_view sql);

  /// True between BEGIN and COMMIT. Some failures (disk full, I/O) end the transaction by
  /// themselves: look here after one.
  [[nodiscard]] bool in_transaction() const noexcept;
  /// Rows changed by the last INSERT, UPDATE or DELETE, without those changed by triggers and
  /// foreign keys.
  [[nodiscard]] std::int64_t changes() const noexcept;
  [[nodiscard]] std::int64_t last_insert_rowid() const noexcept;

  /// A number that changes when another connection, in this process or not, has committed to the
  /// file.
  [[nodiscard]] result<std::int64_t> data_version();

  /// Copies the WAL into the database: without waiting for anyone, or with `truncate` waiting up to
  /// the busy timeout for readers to leave and then emptying the WAL file. `storage_busy` when
  /// readers stayed or a transaction is open here.
  result<checkpoint_state> checkpoint(bool truncate = false);
  /// Bytes of WAL in use as this connection saw them at its last commit or checkpoint, foreign
  /// commits included.
  [[nodiscard]] std::int64_t wal_bytes() const noexcept;

  /// True when the file was renamed or removed since it was opened: what is written now nobody will find.
  [[nodiscard]] bool has_moved() const noexcept;

  /// Bytes of page cache held now.
  [[nodiscard]] std::int64_t cache_bytes() const noexcept;
  /// Changes the bound on the page cache; takes effect at once.
  result<void> set_cache_kib(std::int64_t kib);
  /// Gives back what memory the page cache can spare.
  void release_memory() noexcept;

  void set_busy_timeout(std::chrono::milliseconds timeout) noexcept;
  /// Makes what is running fail with `deadline_exceeded`. Any thread, as long as the connection
  /// lives. A running write statement that is interrupted ends its transaction.
  void interrupt() noexcept;

  /// Rewrites the file without unused pages. Not inside a transaction.
  result<void> vacuum();

  [[nodiscard]] const std::filesystem::path& file() const noexcept;
  [[nodiscard]] open_mode mode() const noexcept;

 private:
  friend struct connection_access;
  struct state;
  struct closer {
    void operator()(state* s) const noexcept;
  };
  explicit connection(std::unique_ptr<state, closer> s) noexcept;
  std::unique_ptr<state, closer> state_;
};

}  // namespace quire::sqlite
