// Checks of access in a tenant with 500,000 edges: in memory, from the file, and as ONE recursive
// statement in SQL, which is the floor; making the image, keeping it current, and a list.
//
// All three ways answer the same questions and must give the verdicts of a plain search over the
// data that the file was made from; a single different one ends the run.

#include "recursive.hpp"
#include "tenant.hpp"

#include <quire/acl/image.hpp>
#include <quire/acl/lists.hpp>
#include <quire/acl/search.hpp>
#include <quire/acl/sql_view.hpp>
#include <quire/events/change_log.hpp>
#include <quire/sqlite/transaction.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>

namespace {

namespace acl = quire::acl;
namespace fs = std::filesystem;
namespace sqlite = quire::sqlite;
using namespace quire::bench;

constexpr std::uint64_t seed = 20'260'101;
constexpr std::int64_t now_seconds = 1'767'225'600;
constexpr quire::timestamp now{std::chrono::seconds{now_seconds}};
constexpr std::size_t questions_of_a_kind = 1'000;
constexpr std::size_t quick_lap =
    20;  // checks timed together: reading a clock costs as much as a step

struct options {
  std::size_t edges = 500'000;
  int runs = 5;
  double seconds = 0.2;  ///< of a run
  std::string dir;
  std::string json;
};

/// The value of a result, or an exception that names what was tried.
template <class Result>
auto need(Result r, std::string_view what) {
  if (!r) throw std::runtime_error{std::string{what} + ": " + to_string(r.error())};
  if constexpr (!std::is_void_v<typename Result::value_type>) return std::move(*r);
}

double now_us() {
  return std::chrono::duration<double, std::micro>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct summary {
  double median = 0;
  double least = 0;
  double most = 0;
};

summary summarize(std::vector<double> runs) {
  std::sort(runs.begin(), runs.end());
  return {.median = runs[runs.size() / 2], .least = runs.front(), .most = runs.back()};
}

struct bar {
  double must = 0;  ///< 0: none
  double goal = 0;
  bool at_least = false;
};

constexpr bar in_memory{.must = 3, .goal = 1};
constexpr bar first_by_file{.must = 1000, .goal = 200};
constexpr bar building{.must = 500'000, .at_least = true};
constexpr bar memory{.must = 100};
constexpr bar listing{.must = 5};

/// `met`, `goal` as well, or `short`; nothing without a bar.
const char* verdict_of(double value, const bar& held_to) {
  if (held_to.must == 0) return "";
  const auto reaches = [&](double limit) {
    return held_to.at_least ? value >= limit : value <= limit;
  };
  if (!reaches(held_to.must)) return "short";
  return held_to.goal != 0 && reaches(held_to.goal) ? "goal" : "met";
}

std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, x < 10 ? "%.2f" : x < 100 ? "%.1f" : "%.0f", x);
  std::string out = text;
  if (out.find('.') != std::string::npos) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
    return out;
  }
  for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
    out.insert(static_cast<std::size_t>(at), ",");
  return out;
}

std::string shown(const summary& x, const char* unit) {
  return number(x.median) + " " + unit + " (" + number(x.least) + "–" + number(x.most) + ")";
}

std::string shown(const bar& held_to, const char* unit) {
  if (held_to.must == 0) return "–";
  auto out = (held_to.at_least ? "≥ " : "≤ ") + number(held_to.must) + " " + unit;
  if (held_to.goal != 0) out += " (" + number(held_to.goal) + ")";
  return out;
}

/// All that is measured of one kind of question, in microseconds.
struct check_times {
  summary memory;  ///< by the image
  summary first;   ///< by the file, on a connection just opened
  summary later;   ///< by the file, on one that has checked before
  summary floor;
};

/// Prints a row as soon as it is measured: first checks, then the rest.
class report {
 public:
  explicit report(const options& o) : runs_(o.runs), table_(o.json != "-") {
    if (!table_) {
      json_ = stdout;
    } else if (!o.json.empty()) {
      json_ = std::fopen(o.json.c_str(), "w");
      if (json_ == nullptr) throw std::runtime_error{"cannot write " + o.json};
    }
  }
  report(const report&) = delete;
  report& operator=(const report&) = delete;
  ~report() {
    if (json_ != nullptr && json_ != stdout) std::fclose(json_);
  }

  void begin_checks() const {
    if (!table_) return;
    std::puts(
        "| Check | In memory | | First, from the file | | Later, from the file | One SQL statement "
        "| To memory | To first |");
    std::puts("|---|---|---|---|---|---|---|---|---|");
    std::printf("| *must (goal)* | %s | | %s | | – | – | – | – |\n", shown(in_memory, "µs").c_str(),
                shown(first_by_file, "µs").c_str());
  }

  void tell(const std::string& name, const check_times& t) {
    write_json(name + ", in memory", "µs", t.memory, in_memory, t.floor.median);
    write_json(name + ", first, from the file", "µs", t.first, first_by_file, t.floor.median);
    write_json(name + ", later, from the file", "µs", t.later, {}, t.floor.median);
    if (!table_) return;
    std::printf("| %s | %s | %s | %s | %s | %s | %s | %s × | %s × |\n", name.c_str(),
                shown(t.memory, "µs").c_str(), verdict_of(t.memory.median, in_memory),
                shown(t.first, "µs").c_str(), verdict_of(t.first.median, first_by_file),
                shown(t.later, "µs").c_str(), shown(t.floor, "µs").c_str(),
                number(t.floor.median / t.memory.median).c_str(),
                number(t.floor.median / t.first.median).c_str());
    std::fflush(stdout);
  }

  void begin_rest() const {
    if (!table_) return;
    std::puts("\n| What | Quire (spread) | Must (goal) | |");
    std::puts("|---|---|---|---|");
  }

  void tell(const std::string& name, const char* unit, const summary& x, const bar& held_to) {
    write_json(name, unit, x, held_to, {});
    if (!table_) return;
    std::printf("| %s | %s | %s | %s |\n", name.c_str(), shown(x, unit).c_str(),
                shown(held_to, unit).c_str(), verdict_of(x.median, held_to));
    std::fflush(stdout);
  }

 private:
  void write_json(const std::string& name, const char* unit, const summary& x, const bar& held_to,
                  std::optional<double> floor) {
    if (json_ == nullptr) return;
    std::fprintf(json_, R"({"name":"%s","unit":"%s","median":%.4g,"least":%.4g,"most":%.4g)",
                 name.c_str(), unit, x.median, x.least, x.most);
    if (floor)
      std::fprintf(json_, R"(,"floor":%.4g,"times_floor":%.4g)", *floor, x.median / *floor);
    if (held_to.must != 0)
      std::fprintf(json_, R"(,"must":%g,"verdict":"%s")", held_to.must,
                   verdict_of(x.median, held_to));
    if (held_to.goal != 0) std::fprintf(json_, R"(,"goal":%g)", held_to.goal);
    std::fprintf(json_, ",\"runs\":%d}\n", runs_);
    std::fflush(json_);
  }

  int runs_;
  bool table_;
  std::FILE* json_ = nullptr;
};

/// A question as the caller of a check has it: texts.
struct asked {
  std::string subject;
  std::vector<std::string> scopes;
  std::string type;
  std::string id;
  std::string action;
  recursive_check::asked sql;

  [[nodiscard]] acl::search_request request() const {
    acl::search_request out;
    out.subject = subject;
    out.needs = {.scopes = scopes, .resource_type = type, .resource_id = id, .action = action};
    out.now = now;
    return out;
  }
};

struct asked_of_a_kind {
  std::string name;
  bool allowed = false;
  std::vector<asked> list;
};

asked_of_a_kind texts_of(const acl_graph& graph, const questions& kind) {
  asked_of_a_kind out;
  out.name = std::string{kind.allowed ? "allowed, chain of " : "denied, walk of "} +
             std::to_string(kind.steps) + ", " + number(std::round(kind.visited)) + " principals";
  out.allowed = kind.allowed;
  for (const auto& q : kind.list) {
    const auto& resource = graph.resources[q.resource];
    const auto& scope = graph.scopes[*q.scope];
    const auto& action = graph.actions[q.action];
    const auto subject = graph.key_of(q.subject);
    out.list.push_back({.subject = subject,
                        .scopes = {scope},
                        .type = resource.type,
                        .id = resource.id,
                        .action = action,
                        .sql = {.subject = subject,
                                .scope = scope,
                                .resource = resource.type + ":" + resource.id,
                                .action = action,
                                .now = now_seconds}});
  }
  return out;
}

/// The tenant's file and the system's, in a folder that goes away with them.
class scratch_files {
 public:
  explicit scratch_files(const std::string& parent) {
    const auto base = parent.empty() ? fs::temp_directory_path() : fs::path{parent};
    auto name = (base / "quire-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw std::runtime_error{"cannot make a folder in " + base.string()};
    folder_ = name;
  }
  scratch_files(const scratch_files&) = delete;
  scratch_files& operator=(const scratch_files&) = delete;
  ~scratch_files() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  [[nodiscard]] fs::path path() const { return folder_ / "tenant-acme.db"; }
  [[nodiscard]] fs::path system() const { return folder_ / "system.db"; }

 private:
  fs::path folder_;
};

class acl_bench {
 public:
  explicit acl_bench(const options& o)
      : options_(o),
        report_(o),
        files_(o.dir),
        tenant_(o.edges, seed, now_seconds),
        active_(
            need(everybody_active::make(tenant_.graph(), files_.system()), "writing the accounts")),
        graph_(make_file()),
        db_(open(sqlite::open_mode::read_write)),
        floor_(need(recursive_check::open(files_.path(), graph_, tenant_.graph()),
                    "preparing the floor")) {}

  void run() {
    auto image = build();
    report_.begin_checks();
    for (const int steps : {1, 4, 8}) {
      for (const auto way : {paths::one, paths::several}) {
        if (steps == 1 && way == paths::several) continue;  // services have one delegation each
        for (const bool allowed : {true, false}) {
          const auto kind =
              texts_of(tenant_.graph(), tenant_.ask(steps, allowed, way, questions_of_a_kind));
          report_.tell(kind.name, check(kind, *image));
        }
      }
    }
    report_.begin_rest();
    report_.tell("build the image, edges per second", "/s", build_rates_, building);
    const auto bytes = static_cast<double>(image->bytes()) / static_cast<double>(options_.edges);
    report_.tell("memory of the image, for each edge", "B", {bytes, bytes, bytes}, memory);
    report_.tell("list 1,000 resources", "ms", list(*image), listing);
    report_.tell("refresh the image after one changed delegation", "µs", refresh(std::move(image)),
                 {});
  }

 private:
  using verdicts = std::function<bool(const asked&)>;
  using image_pointer = std::shared_ptr<const acl::acl_image>;

  quire::graph_id make_file() {
    seeded_environment environment{seed, now};
    return need(write_file(tenant_.graph(), files_.path(), environment.get()),
                "writing the tenant");
  }

  sqlite::connection open(sqlite::open_mode mode) {
    return need(sqlite::connection::open(files_.path(), {.mode = mode}), "opening the tenant");
  }

  /// Microseconds of one check: the median of laps, so that what else the machine does counts
  /// little.
  double time_of(const asked_of_a_kind& kind, const verdicts& allows, std::size_t lap = 1) const {
    std::vector<double> laps;
    const auto begin = now_us();
    for (std::size_t at = 0; laps.empty() || now_us() - begin < options_.seconds * 1e6;
         at = (at + lap) % questions_of_a_kind) {
      const auto lap_begin = now_us();
      for (std::size_t i = at; i < at + lap; ++i) {
        if (allows(kind.list[i]) != kind.allowed)
          throw std::runtime_error{"wrong verdict: " + kind.name + ": " + kind.list[i].subject};
      }
      laps.push_back((now_us() - lap_begin) / static_cast<double>(lap));
    }
    return summarize(std::move(laps)).median;
  }

  image_pointer build() {
    std::vector<double> rates;
    image_pointer image;
    for (int i = 0; i < options_.runs; ++i) {
      image.reset();
      const auto begin = now_us();
      image = need(acl::acl_image::build(db_, graph_), "building the image");
      rates.push_back(static_cast<double>(options_.edges) / (now_us() - begin) * 1e6);
    }
    if (image->edges() != options_.edges) throw std::runtime_error{"the image lacks edges"};
    build_rates_ = summarize(rates);
    return image;
  }

  /// The ways take turns, so that all meet the same weather.
  check_times check(const asked_of_a_kind& kind, const acl::acl_image& image) {
    const verdicts by_image = [&](const asked& q) {
      return need(acl::search(image, *active_, q.request()), "checking").allowed;
    };
    const verdicts by_floor = [&](const asked& q) {
      return need(floor_.allows(q.sql), "asking the floor");
    };
    const verdicts by_file = [&](const asked& q) { return allows_by_file(q, db_); };
    time_of(kind, by_floor);  // so that the pages are in its cache
    time_of(kind, by_file);
    std::vector<double> memory_runs;
    std::vector<double> first_runs;
    std::vector<double> later_runs;
    std::vector<double> floor_runs;
    for (int i = 0; i < options_.runs; ++i) {
      floor_runs.push_back(time_of(kind, by_floor));
      memory_runs.push_back(time_of(kind, by_image, quick_lap));
      later_runs.push_back(time_of(kind, by_file));
      first_runs.push_back(time_of_first(kind));
    }
    return {.memory = summarize(memory_runs),
            .first = summarize(first_runs),
            .later = summarize(later_runs),
            .floor = summarize(floor_runs)};
  }

  /// What a check costs while there is no image.
  bool allows_by_file(const asked& q, sqlite::connection& db) const {
    auto snapshot = need(sqlite::read_transaction::begin(db), "beginning to read");
    acl::sql_search view{db, graph_};
    return need(acl::search(view, *active_, q.request()), "checking").allowed;
  }

  /// Microseconds of the first check of a connection: nothing prepared, no page in its cache.
  double time_of_first(const asked_of_a_kind& kind) {
    constexpr int connections = 40;
    std::vector<double> times;
    for (int i = 0; i < connections; ++i) {
      const auto& q = kind.list[next_first_++ % kind.list.size()];
      auto db = open(sqlite::open_mode::read_only);
      const auto begin = now_us();
      const auto allowed = allows_by_file(q, db);
      times.push_back(now_us() - begin);
      if (allowed != kind.allowed)
        throw std::runtime_error{"wrong verdict: " + kind.name + ": " + q.subject};
    }
    return summarize(times).median;
  }

  /// One delegation changes; the image follows. Only that is timed, not the commit.
  summary refresh(image_pointer image) {
    const auto& changed = tenant_.some_delegation();
    const auto from = tenant_.graph().key_of(changed.from);
    const auto to = tenant_.graph().key_of(changed.to);
    quire::events::change_log log{db_, quire::org_id{"acme"}};
    need(log.load(), "reading the change number");
    auto find =
        need(db_.prepare("find the delegation",
                         "SELECT id FROM edges WHERE graph_id = ?1 AND source_node_key = ?2 AND "
                         "target_node_key = ?3 AND edge_type = 'delegates'"),
             "preparing");
    auto update =
        need(db_.prepare("change the delegation", "UPDATE edges SET attributes = ?2 WHERE id = ?1"),
             "preparing");
    find.bind(1, graph_);
    find.bind(2, from);
    find.bind(3, to);
    if (!need(find.step(), "finding the delegation"))
      throw std::runtime_error{"the delegation is not in the file"};
    const quire::row_id id{std::string{find.text(0)}};
    find.reset();

    acl::image_refresher refresher{db_};
    constexpr int changes = 100;  // in a run
    std::vector<double> runs;
    for (int i = 0; i < options_.runs; ++i) {
      std::vector<double> times;
      for (int k = 0; k < changes; ++k) {
        auto write = need(sqlite::transaction::begin_immediate(db_), "beginning to write");
        update.bind(1, id);
        update.bind(2, k % 2 == 0 ? R"({"narrowedScopes":["edges:read"]})"
                                  : R"({"narrowedScopes":["nodes:read"]})");
        need(update.run(), "changing the delegation");
        quire::change_event event;
        event.graph = graph_;
        event.table = quire::table::edges;
        event.op = quire::change_op::updated;
        event.id = id;
        event.source = quire::node_key{from};
        event.target = quire::node_key{to};
        event.at = now;
        event.actor = "system";
        need(log.append(std::move(event)), "telling of the change");
        need(log.store(), "storing the change number");
        need(write.commit(), "committing");
        const auto batch = log.take();
        const auto begin = now_us();
        auto next = need(refresher.run(*image, batch), "refreshing the image");
        times.push_back(now_us() - begin);
        image = std::move(next);
      }
      runs.push_back(summarize(times).median);
    }
    if (image->seq() != log.last()) throw std::runtime_error{"the image did not follow"};
    return summarize(runs);
  }

  /// The first thousand of what somebody may read; to the end the list is as long as a
  /// department's.
  summary list(const acl::acl_image& image) const {
    const auto who = tenant_.graph().key_of(tenant_.reader_of_many());
    acl::list_request request;
    request.now = now;
    request.limit = 1'000;
    constexpr int lists = 20;  // in a run
    std::vector<double> runs;
    for (int i = 0; i < options_.runs; ++i) {
      std::vector<double> times;
      for (int k = 0; k < lists; ++k) {
        const auto begin = now_us();
        const auto page =
            need(acl::resources_of(image, *active_, who, "read", "doc", request), "listing");
        times.push_back((now_us() - begin) / 1000);
        if (page.items.size() != request.limit) throw std::runtime_error{"the list is too short"};
      }
      runs.push_back(summarize(times).median);
    }
    return summarize(runs);
  }

  options options_;
  report report_;
  scratch_files files_;
  tenant tenant_;
  std::unique_ptr<everybody_active> active_;
  quire::graph_id graph_;
  sqlite::connection db_;
  recursive_check floor_;
  summary build_rates_;
  std::size_t next_first_ = 0;  // so that every connection is asked something else
};

constexpr std::string_view usage =
    "usage: quire_bench_acl [--edges E] [--runs R] [--seconds S] [--dir D] [--json FILE]\n"
    "  Measures checks of access in a tenant of E (500000; at least 50000) edges and prints a "
    "table: medians of R "
    "(5) runs of S (0.2)\n"
    "  seconds; its file is made in D and removed. --json FILE writes a line of JSON for each "
    "result as well; --json -\n"
    "  writes them instead of the table.\n";

bool parse(int argc, char** argv, options& o) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view word = argv[i];
    const char* value = argv[i + 1];
    if (word == "--edges") {
      o.edges = std::strtoul(value, nullptr, 10);
    } else if (word == "--runs") {
      o.runs = std::atoi(value);
    } else if (word == "--seconds") {
      o.seconds = std::atof(value);
    } else if (word == "--dir") {
      o.dir = value;
    } else if (word == "--json") {
      o.json = value;
    } else {
      return false;
    }
  }
  return argc % 2 == 1 && o.edges >= 50'000 && o.runs > 0 && o.seconds > 0;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  if (!parse(argc, argv, o)) {
    std::fputs(usage.data(), stderr);
    return 2;
  }
  try {
    acl_bench{o}.run();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "quire_bench_acl: %s\n", e.what());
    return 1;
  }
}
