#include "../interrupt.hpp"
#include "../rows.hpp"
#include "commands.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>

#include <memory>
#include <optional>

namespace quire::tools {

namespace {

struct watch_options {
  std::optional<std::int64_t> from;
  std::vector<std::string> tables;
  std::vector<std::string> ops;
  std::size_t limit = 0;
  bool no_follow = false;
};

/// The words `nodes`, `created` and so on as what they name.
template <class Value>
result<std::vector<Value>> named(const std::vector<std::string>& words,
                                 result<Value> (*read)(std::string_view)) {
  std::vector<Value> out;
  for (const auto& word : words) {
    auto one = read(word);
    if (!one) return one.error();
    out.push_back(*one);
  }
  return out;
}

std::string line_of(const change_event& e) {
  std::string out = std::to_string(e.seq.get()) + "  " + text_of(e.at) + "  " +
                    std::string{to_string(e.table)} + ":" + std::string{to_string(e.op)} + "  " +
                    printable(e.key.empty() ? e.id.get() : e.key, limits::max_key_bytes);
  if (!e.source.get().empty()) {
    out += "  " + printable(e.source.get()) + " -> " + printable(e.target.get());
  }
  if (e.attributes) out += "  " + printable(e.attributes.text(), 160);
  return out;
}

/// Shows what comes until a limit, an interrupt or `last` is reached.
result<void> follow(context& in, subscription& feed, const watch_options& how,
                    std::optional<change_seq> last) {
  std::size_t shown = 0;
  while (!interrupted() && !(last && feed.position() >= *last)) {
    const auto room = how.limit == 0 ? 256 : std::min<std::size_t>(how.limit - shown, 256);
    const auto events = feed.next(std::chrono::milliseconds{200}, room);
    if (!events) return events.error();
    for (const auto& e : *events) {
      // What came after the moment asked for belongs to another run.
      if (last && e.seq > *last) return {};
      in.out().json() ? in.out().json_line(to_json(e)) : in.out().line(line_of(e));
    }
    if (!in.out().flush()) return {};  // nobody reads any more
    shown += events->size();
    if (how.limit != 0 && shown >= how.limit) return {};
  }
  return {};
}

result<void> watch(context& in, const watch_options& how) {
  auto tables = named<quire::table>(how.tables, table_from_string);
  if (!tables) return tables.error();
  auto ops = named<change_op>(how.ops, change_op_from_string);
  if (!ops) return ops.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  subscribe_options what;
  what.tables = std::move(*tables);
  what.ops = std::move(*ops);
  if (how.from) what.from = change_seq{*how.from};
  if (!in.options().graph.empty()) {
    const auto found = in.find_graph(*tenant, in.options().graph);
    if (!found) return found.error();
    what.graph = found->id;
  }
  std::optional<change_seq> last;
  if (how.no_follow) {
    auto view = tenant->view();
    if (!view) return view.error();
    last = view->seq();
  }
  const interrupt_guard guard;
  auto feed = tenant->subscribe(what);
  if (!feed) return feed.error();
  return follow(in, *feed, how, last);
}

}  // namespace

void add_watch(command_line& line) {
  auto how = std::make_shared<watch_options>();
  auto& made = line.add(line.root(), "watch", "Show changes as they are committed",
                        "  quire --org acme watch\n"
                        "  quire --org acme watch --from 0 --graph packages\n"
                        "  quire --org acme watch --from 1200 --table nodes --op deleted --json\n"
                        "  quire --org acme watch --from 0 --no-follow --json",
                        [how](context& in) { return watch(in, *how); });
  made.add_option("--from", how->from, "Begin after this change; 0: with the first. Default: now")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SEQ");
  made.add_option("--table", how->tables,
                  "Only changes of this table, such as nodes; may be given several times")
      ->allow_extra_args(false)
      ->type_name("TABLE");
  made.add_option("--op", how->ops, "Only created, updated or deleted; may be given several times")
      ->allow_extra_args(false)
      ->type_name("OP");
  made.add_option("--limit", how->limit, "End after so many")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  made.add_flag("--no-follow", how->no_follow, "End when all that is there was shown");
}

}  // namespace quire::tools
