#include <quire/test/fault_vfs.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <map>
#include <new>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::test {
namespace {

std::string fresh_name(const char* prefix) {
  static std::atomic<int> number{0};
  return prefix + std::to_string(++number);
}

/// An open file: ours first, the default VFS's own behind it in the same block of memory.
template <class State>
struct wrapped_file {
  ::sqlite3_file base;
  State* owner;
  char* name;  // key of the content; SQLite keeps it as long as the file
  ::sqlite3_file* real() { return reinterpret_cast<::sqlite3_file*>(this + 1); }
};

/// What both file systems share: the registered VFS and the passing on of calls. `State` decides
/// before and after:
///   int before(file_call, file*)   a code other than SQLITE_OK is answered instead
template <class State>
struct shim {
  using file = wrapped_file<State>;

  static State& of(::sqlite3_vfs* v) { return *static_cast<State*>(v->pAppData); }
  static ::sqlite3_vfs* real(::sqlite3_vfs* v) { return of(v).below; }
  static file* cast(::sqlite3_file* f) { return reinterpret_cast<file*>(f); }
  static ::sqlite3_file* real(::sqlite3_file* f) { return cast(f)->real(); }
  static int ask(::sqlite3_file* f, file_call kind) { return cast(f)->owner->before(kind); }

  static int close(::sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
  static int lock(::sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
  static int unlock(::sqlite3_file* f, int level) {
    return real(f)->pMethods->xUnlock(real(f), level);
  }
  static int check_reserved_lock(::sqlite3_file* f, int* out) {
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
  }
  static int file_control(::sqlite3_file* f, int op, void* arg) {
    return real(f)->pMethods->xFileControl(real(f), op, arg);
  }
  static int sector_size(::sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
  static int characteristics(::sqlite3_file* f) {
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
  }
  static int shm_map(::sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    if (const int status = ask(f, file_call::shared_memory); status != SQLITE_OK) return status;
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
  }
  static int shm_lock(::sqlite3_file* f, int offset, int n, int flags) {
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
  }
  static void shm_barrier(::sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
  static int shm_unmap(::sqlite3_file* f, int remove) {
    return real(f)->pMethods->xShmUnmap(real(f), remove);
  }

  static int open(::sqlite3_vfs* v, ::sqlite3_filename name, ::sqlite3_file* f, int flags,
                  int* out) {
    f->pMethods = nullptr;
    auto& owner = of(v);
    if (const int status = owner.before(file_call::open); status != SQLITE_OK) return status;
    auto* made = cast(f);
    made->owner = &owner;
    made->name = const_cast<char*>(name);
    const int status = owner.below->xOpen(owner.below, name, made->real(), flags, out);
    if (made->real()->pMethods == nullptr) return status;
    if (status != SQLITE_OK) {
      made->real()->pMethods->xClose(made->real());
      return status;
    }
    owner.opened(name, made->real());
    f->pMethods = &owner.methods;
    return SQLITE_OK;
  }
  static int access(::sqlite3_vfs* v, const char* name, int flags, int* out) {
    return real(v)->xAccess(real(v), name, flags, out);
  }
  static int full_pathname(::sqlite3_vfs* v, const char* name, int size, char* out) {
    return real(v)->xFullPathname(real(v), name, size, out);
  }
  static int randomness(::sqlite3_vfs* v, int size, char* out) {
    return real(v)->xRandomness(real(v), size, out);
  }
  /// Nobody waits in a test; who is locked out is so after as many tries.
  static int sleep(::sqlite3_vfs* /*v*/, int microseconds) { return microseconds; }
  static int current_time(::sqlite3_vfs* v, double* out) {
    return real(v)->xCurrentTime(real(v), out);
  }
  static int last_error(::sqlite3_vfs* v, int size, char* out) {
    return real(v)->xGetLastError(real(v), size, out);
  }
  static int current_time_64(::sqlite3_vfs* v, ::sqlite3_int64* out) {
    return real(v)->xCurrentTimeInt64(real(v), out);
  }

  /// Everything but reading, writing, truncating, syncing, sizes and removing, which differ.
  static void fill(State& s, ::sqlite3_io_methods& m, ::sqlite3_vfs& v) {
    m.iVersion = 2;  // without memory mapping, which would pass by us
    m.xClose = close;
    m.xLock = lock;
    m.xUnlock = unlock;
    m.xCheckReservedLock = check_reserved_lock;
    m.xFileControl = file_control;
    m.xSectorSize = sector_size;
    m.xDeviceCharacteristics = characteristics;
    m.xShmMap = shm_map;
    m.xShmLock = shm_lock;
    m.xShmBarrier = shm_barrier;
    m.xShmUnmap = shm_unmap;
    s.below = ::sqlite3_vfs_find(nullptr);
    v.iVersion = 2;
    v.szOsFile = static_cast<int>(sizeof(file)) + s.below->szOsFile;
    v.mxPathname = s.below->mxPathname;
    v.zName = s.name.c_str();
    v.pAppData = &s;
    v.xOpen = open;
    v.xAccess = access;
    v.xFullPathname = full_pathname;
    v.xRandomness = randomness;
    v.xSleep = sleep;
    v.xCurrentTime = current_time;
    v.xGetLastError = last_error;
    v.xCurrentTimeInt64 = current_time_64;
  }
};

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// The one that fails.

struct fault_vfs::state {
  using files = shim<state>;

  std::string name = fresh_name("quire-fault-");
  ::sqlite3_vfs* below = nullptr;
  ::sqlite3_vfs vfs{};
  ::sqlite3_io_methods methods{};
  std::array<std::atomic<std::int64_t>, file_call_count> counts{};
  std::atomic<std::int64_t> total = 0;
  std::atomic<std::int64_t> fatal = 0;  // number of the call that fails; 0: none
  std::atomic<failure> how = failure::io_error;
  std::atomic<bool> sticky = false;
  std::atomic<bool> count_reads = false;
  std::atomic<bool> failed = false;

  state() {
    files::fill(*this, methods, vfs);
    methods.xRead = [](::sqlite3_file* f, void* out, int size, ::sqlite3_int64 at) {
      const int status = files::ask(f, file_call::read);
      auto* real = files::real(f);
      return status != SQLITE_OK ? status : real->pMethods->xRead(real, out, size, at);
    };
    methods.xWrite = [](::sqlite3_file* f, const void* from, int size, ::sqlite3_int64 at) {
      const int status = files::ask(f, file_call::write);
      auto* real = files::real(f);
      return status != SQLITE_OK ? status : real->pMethods->xWrite(real, from, size, at);
    };
    methods.xTruncate = [](::sqlite3_file* f, ::sqlite3_int64 size) {
      const int status = files::ask(f, file_call::truncate);
      auto* real = files::real(f);
      return status != SQLITE_OK ? status : real->pMethods->xTruncate(real, size);
    };
    // Nothing loses power here, so a sync that does not fail has nothing to do; real ones would
    // make tests of every call take minutes.
    methods.xSync = [](::sqlite3_file* f, int /*flags*/) { return files::ask(f, file_call::sync); };
    methods.xFileSize = [](::sqlite3_file* f, ::sqlite3_int64* out) {
      auto* real = files::real(f);
      return real->pMethods->xFileSize(real, out);
    };
    vfs.xDelete = [](::sqlite3_vfs* v, const char* file, int sync_folder) {
      const int status = files::of(v).before(file_call::remove);
      return status != SQLITE_OK ? status
                                 : files::real(v)->xDelete(files::real(v), file, sync_folder);
    };
    ::sqlite3_vfs_register(&vfs, 0);
  }
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state() { ::sqlite3_vfs_unregister(&vfs); }

  void opened(const char* /*name*/, ::sqlite3_file* /*real*/) {}

  int before(file_call kind) {
    if (kind == file_call::read && !count_reads) return SQLITE_OK;
    const auto number = ++total;
    ++counts[static_cast<std::size_t>(kind)];
    if (fatal == 0 || number < fatal || (number > fatal && !sticky)) return SQLITE_OK;
    failed = true;
    return code(kind);
  }

  [[nodiscard]] int code(file_call kind) const {
    switch (kind) {
      case file_call::open: return SQLITE_CANTOPEN;
      case file_call::read: return SQLITE_IOERR_READ;
      case file_call::write: return how == failure::disk_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
      case file_call::truncate: return SQLITE_IOERR_TRUNCATE;
      case file_call::sync: return SQLITE_IOERR_FSYNC;
      case file_call::remove: return SQLITE_IOERR_DELETE;
      case file_call::shared_memory: return SQLITE_IOERR_SHMMAP;
    }
    return SQLITE_IOERR;
  }

  void restart(std::int64_t nth) {
    for (auto& count : counts) count = 0;
    total = 0;
    fatal = nth;
    failed = false;
  }
};

fault_vfs::fault_vfs() : state_(std::make_unique<state>()) {}
fault_vfs::~fault_vfs() = default;

const std::string& fault_vfs::name() const noexcept { return state_->name; }

void fault_vfs::fail_at(std::int64_t nth, failure how, bool sticky, bool count_reads) {
  state_->restart(nth);
  state_->how = how;
  state_->sticky = sticky;
  state_->count_reads = count_reads;
}

void fault_vfs::heal() { state_->restart(0); }

std::int64_t fault_vfs::calls() const noexcept { return state_->total; }

std::int64_t fault_vfs::calls(file_call kind) const noexcept {
  return state_->counts[static_cast<std::size_t>(kind)];
}

bool fault_vfs::has_failed() const noexcept { return state_->failed; }

// ---------------------------------------------------------------------------------------------------------------------
// The one that forgets. The real file holds what is on the disk; what is not synced yet is kept
// here, by name.

struct forgetful_vfs::state {
  using files = shim<state>;
  static constexpr std::size_t sector = 512;

  struct content {
    std::string now;                ///< what every reader sees
    std::set<std::size_t> changed;  ///< sectors that differ from the disk
    bool resized = false;           ///< the size may differ from the disk
    bool known = false;             ///< `now` was read from the disk
  };

  std::string name = fresh_name("quire-forgetful-");
  ::sqlite3_vfs* below = nullptr;
  ::sqlite3_vfs vfs{};
  ::sqlite3_io_methods methods{};
  std::map<std::string, content, std::less<>> contents;
  bool off = false;
  std::int64_t total = 0;
  std::int64_t fatal = 0;
  std::uint64_t seed = 0;

  state() {
    files::fill(*this, methods, vfs);
    methods.xRead = read;
    methods.xWrite = write;
    methods.xTruncate = truncate;
    methods.xSync = sync;
    methods.xFileSize = file_size;
    vfs.xDelete = remove;
    ::sqlite3_vfs_register(&vfs, 0);
  }
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state() { ::sqlite3_vfs_unregister(&vfs); }

  int before(file_call /*kind*/) const { return off ? SQLITE_IOERR : SQLITE_OK; }

  /// Counts a call that changes something; the power may fail at it.
  int change() {
    if (off) return SQLITE_IOERR;
    if (++total == fatal) {
      lose(seed);
      return SQLITE_IOERR;
    }
    return SQLITE_OK;
  }

  void opened(const char* file, ::sqlite3_file* real) {
    if (file == nullptr) return;  // a temporary file
    auto& c = contents[file];
    if (c.known) return;
    ::sqlite3_int64 size = 0;
    real->pMethods->xFileSize(real, &size);
    c.now.resize(static_cast<std::size_t>(size));
    if (size > 0) real->pMethods->xRead(real, c.now.data(), static_cast<int>(size), 0);
    c.known = true;
  }

  static content* content_of(::sqlite3_file* f) {
    auto* ours = files::cast(f);
    return ours->name == nullptr ? nullptr : &ours->owner->contents[ours->name];
  }

  static int read(::sqlite3_file* f, void* out, int size, ::sqlite3_int64 at) {
    if (const int status = files::ask(f, file_call::read); status != SQLITE_OK) return status;
    auto* c = content_of(f);
    if (c == nullptr) return files::real(f)->pMethods->xRead(files::real(f), out, size, at);
    const auto wanted = static_cast<std::size_t>(size);
    const auto start = std::min(c->now.size(), static_cast<std::size_t>(at));
    const auto there = std::min(wanted, c->now.size() - start);
    std::memcpy(out, c->now.data() + start, there);
    std::memset(static_cast<char*>(out) + there, 0, wanted - there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }

  static int write(::sqlite3_file* f, const void* from, int size, ::sqlite3_int64 at) {
    if (const int status = files::cast(f)->owner->change(); status != SQLITE_OK) return status;
    auto* c = content_of(f);
    if (c == nullptr) return files::real(f)->pMethods->xWrite(files::real(f), from, size, at);
    const auto start = static_cast<std::size_t>(at);
    const auto end = start + static_cast<std::size_t>(size);
    if (end > c->now.size()) {
      c->now.resize(end);
      c->resized = true;
    }
    std::memcpy(c->now.data() + start, from, end - start);
    for (auto i = start / sector; i * sector < end; ++i) c->changed.insert(i);
    return SQLITE_OK;
  }

  static int truncate(::sqlite3_file* f, ::sqlite3_int64 size) {
    if (const int status = files::cast(f)->owner->change(); status != SQLITE_OK) return status;
    auto* c = content_of(f);
    if (c == nullptr) return files::real(f)->pMethods->xTruncate(files::real(f), size);
    c->now.resize(static_cast<std::size_t>(size));
    c->resized = true;
    return SQLITE_OK;
  }

  static int sync(::sqlite3_file* f, int flags) {
    if (const int status = files::cast(f)->owner->change(); status != SQLITE_OK) return status;
    auto* real = files::real(f);
    auto* c = content_of(f);
    if (c == nullptr) return real->pMethods->xSync(real, flags);
    return put(real, *c, std::exchange(c->changed, {}), std::exchange(c->resized, false));
  }

  static int file_size(::sqlite3_file* f, ::sqlite3_int64* out) {
    auto* c = content_of(f);
    if (c == nullptr) return files::real(f)->pMethods->xFileSize(files::real(f), out);
    *out = static_cast<::sqlite3_int64>(c->now.size());
    return SQLITE_OK;
  }

  static int remove(::sqlite3_vfs* v, const char* file, int sync_folder) {
    auto& self = files::of(v);
    if (const int status = self.change(); status != SQLITE_OK) return status;
    self.contents.erase(file);
    return self.below->xDelete(self.below, file, sync_folder);
  }

  /// Brings some sectors, and perhaps the size, to the disk.
  static int put(::sqlite3_file* real, const content& c, const std::set<std::size_t>& sectors,
                 bool size) {
    for (const auto i : sectors) {
      const auto start = i * sector;
      if (start >= c.now.size()) continue;
      const auto length = static_cast<int>(std::min(sector, c.now.size() - start));
      const int status = real->pMethods->xWrite(real, c.now.data() + start, length,
                                                static_cast<::sqlite3_int64>(start));
      if (status != SQLITE_OK) return status;
    }
    return size ? real->pMethods->xTruncate(real, static_cast<::sqlite3_int64>(c.now.size()))
                : SQLITE_OK;
  }

  /// The power is gone. With a seed, some of what was not synced is on the disk all the same.
  void lose(std::uint64_t with_seed) {
    off = true;
    auto random = std::mt19937_64{with_seed};
    for (auto& [file, c] : contents) {
      auto lucky = std::set<std::size_t>{};
      if (with_seed != 0) {
        for (const auto i : c.changed) {
          if (random() % 2 == 0) lucky.insert(i);
        }
      }
      if (!lucky.empty()) put_by_name(file, c, lucky);
      c.known = false;
    }
  }

  void put_by_name(const std::string& file, const content& c,
                   const std::set<std::size_t>& sectors) {
    // Names handed to xOpen end in two NULs.
    auto name_and_end = file;
    name_and_end.append(2, '\0');
    auto memory = std::vector<std::max_align_t>(
        static_cast<std::size_t>(below->szOsFile) / sizeof(std::max_align_t) + 1);
    auto* raw = reinterpret_cast<::sqlite3_file*>(memory.data());
    const int flags =
        SQLITE_OPEN_READWRITE | (file.ends_with("-wal") ? SQLITE_OPEN_WAL : SQLITE_OPEN_MAIN_DB);
    if (below->xOpen(below, name_and_end.c_str(), raw, flags, nullptr) != SQLITE_OK) return;
    put(raw, c, sectors, false);
    raw->pMethods->xClose(raw);
  }
};

forgetful_vfs::forgetful_vfs() : state_(std::make_unique<state>()) {}
forgetful_vfs::~forgetful_vfs() = default;

const std::string& forgetful_vfs::name() const noexcept { return state_->name; }

void forgetful_vfs::power_off() { state_->lose(0); }

void forgetful_vfs::power_off(std::uint64_t seed) { state_->lose(seed); }

void forgetful_vfs::power_on() {
  state_->contents.clear();
  state_->off = false;
  state_->fatal = 0;
}

void forgetful_vfs::power_off_at(std::int64_t nth, std::uint64_t seed) {
  state_->total = 0;
  state_->fatal = nth;
  state_->seed = seed;
}

std::int64_t forgetful_vfs::calls() const noexcept { return state_->total; }

bool forgetful_vfs::is_off() const noexcept { return state_->off; }

}  // namespace quire::test
