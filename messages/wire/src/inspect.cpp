#include "fields.hpp"

#include <quire/messages/limits.hpp>
#include <quire/wire/error.hpp>
#include <quire/wire/inspect.hpp>

#include <caf/deserializer.hpp>
#include <caf/detail/stringification_inspector.hpp>
#include <caf/serializer.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace quire {
namespace wire {

/// What `printer` made, in the form in which CAF takes it over unchanged.
struct rendered {
  std::string text;
};
std::string to_string(const rendered& x) { return x.text; }

namespace {

/// No single text of a message is longer than the longest document.
constexpr std::size_t max_text_bytes = limits::max_document_bytes;
/// No list is longer than the nodes a path search may visit.
constexpr std::size_t max_items = 1'000'000;
/// Memory is asked for in steps of this size while bytes arrive, whatever length was announced.
constexpr std::size_t read_step_bytes = 64U << 10U;

template <class T>
constexpr std::size_t max_items_of = max_items;
template <>
constexpr std::size_t max_items_of<operation> = limits::max_operations_per_request;
template <>
constexpr std::size_t max_items_of<outcome> = limits::max_operations_per_request;

constexpr bool is_known(access_kind x) { return x <= access_kind::ticket; }
constexpr bool is_known(type_scope x) { return x <= type_scope::user; }
constexpr bool is_known(graph_status x) { return x <= graph_status::draft; }
constexpr bool is_known(upsert_mode x) { return x <= upsert_mode::merge; }
constexpr bool is_known(edge_direction x) { return x <= edge_direction::undirected; }
constexpr bool is_known(direction x) { return x <= direction::both; }
constexpr bool is_known(table x) { return x <= table::audit_logs; }
constexpr bool is_known(change_op x) { return x <= change_op::deleted; }
bool is_known(errc x) { return errc_from_string(to_string(x)) == x; }

class saver {
 public:
  explicit saver(caf::serializer& sink) : sink_(sink) {}

  template <class... Ts>
  bool operator()(std::string_view, const Ts&... members) {
    return (put(members) && ...);
  }

  template <class T>
  requires std::is_class_v<T>
  bool put(const T& x) { return fields(*this, x); }
  bool put(const session_ref& x) {
    return put(x.kind) && (x.kind == access_kind::ticket ? put(x.ticket.text) : put(x.actor));
  }
  bool put(std::monostate) { return true; }
  bool put(bool x) { return number<std::uint8_t>(x ? 1 : 0); }
  bool put(std::int64_t x) { return number(x); }
  bool put(std::size_t x) { return number<std::uint64_t>(x); }
  template <class E>
  requires std::is_enum_v<E>
  bool put(E x) { return number(static_cast<std::uint8_t>(x)); }
  bool put(timestamp x) { return number<std::int64_t>(x.time_since_epoch().count()); }
  bool put(row_time x) { return number<std::int64_t>(x.time_since_epoch().count()); }
  bool put(const std::string& x) {
    return begin(x.size()) &&
           // Saving never writes to the text; CAF's one signature serves both directions.
           (x.empty() || keep(sink_.apply_raw(x.size(), const_cast<char*>(x.data())))) && end();
  }
  bool put(const document& x) { return put(x.text()); }
  template <class Tag, class T>
  bool put(const strong<Tag, T>& x) {
    return put(x.get());
  }
  template <class T>
  bool put(const std::vector<T>& xs) {
    return begin(xs.size()) &&
           std::all_of(xs.begin(), xs.end(), [&](const T& x) { return put(x); }) && end();
  }
  template <class K, class T>
  bool put(const std::map<K, T>& xs) {
    return begin(xs.size()) &&
           std::all_of(xs.begin(), xs.end(),
                       [&](const auto& x) { return put(x.first) && put(x.second); }) &&
           end();
  }
  template <class... Ts>
  bool put(const std::variant<Ts...>& x) {
    static_assert(sizeof...(Ts) <= 256);
    return number(static_cast<std::uint8_t>(x.index())) &&
           std::visit([&](const auto& y) { return put(y); }, x);
  }

  caf::error result() { return std::move(error_); }

 private:
  template <class T>
  bool number(T x) {
    return keep(sink_.apply(x));
  }
  bool begin(std::size_t n) { return keep(sink_.begin_sequence(n)); }
  bool end() { return keep(sink_.end_sequence()); }
  bool keep(caf::error e) {
    if (!e) return true;
    error_ = std::move(e);
    return false;
  }

  caf::serializer& sink_;
  caf::error error_;
};

class loader {
 public:
  explicit loader(caf::deserializer& source) : source_(source) {}

  template <class... Ts>
  bool operator()(std::string_view type, Ts&... members) {
    const auto outer = std::exchange(type_, type);
    const auto ok = (get(members) && ...);
    type_ = outer;
    return ok;
  }

  template <class T>
  requires std::is_class_v<T>
  bool get(T& x) { return fields(*this, x); }
  bool get(session_ref& x) {
    return get(x.kind) && (x.kind == access_kind::ticket ? get(x.ticket.text) : get(x.actor));
  }
  bool get(std::monostate&) { return true; }
  bool get(bool& x) {
    std::uint8_t byte = 0;
    if (!number(byte)) return false;
    if (byte > 1) return refuse(errc::unknown_option, "a bool of " + std::to_string(byte));
    x = byte == 1;
    return true;
  }
  bool get(std::int64_t& x) { return number(x); }
  bool get(std::size_t& x) {
    std::uint64_t n = 0;
    if (!number(n)) return false;
    x = n;
    return true;
  }
  template <class E>
  requires std::is_enum_v<E>
  bool get(E& x) {
    std::uint8_t byte = 0;
    if (!number(byte)) return false;
    if (!is_known(static_cast<E>(byte))) {
      return refuse(errc::unknown_option, "an enumerator numbered " + std::to_string(byte));
    }
    x = static_cast<E>(byte);
    return true;
  }
  template <class Clock, class Duration>
  bool get(std::chrono::time_point<Clock, Duration>& x) {
    std::int64_t count = 0;
    if (!number(count)) return false;
    x = std::chrono::time_point<Clock, Duration>{Duration{count}};
    return true;
  }
  bool get(std::string& x) {
    std::size_t size = 0;
    if (!begin(size, max_text_bytes)) return false;
    x.clear();
    while (x.size() < size) {
      const auto old = x.size();
      const auto step = std::min(size - old, read_step_bytes);
      x.resize(old + step);
      if (!keep(source_.apply_raw(step, x.data() + old))) return false;
    }
    return keep(source_.end_sequence());
  }
  bool get(document& x) {
    std::string text;
    if (!get(text)) return false;
    if (text.empty()) {
      x = document{};
      return true;
    }
    auto parsed = document::parse(text);
    if (!parsed) return refuse(parsed.error().code, "a document: " + parsed.error().context);
    x = std::move(*parsed);
    return true;
  }
  template <class Tag, class T>
  bool get(strong<Tag, T>& x) {
    T value{};
    if (!get(value)) return false;
    x = strong<Tag, T>{std::move(value)};
    return true;
  }
  template <class T>
  bool get(std::vector<T>& xs) {
    std::size_t size = 0;
    if (!begin(size, max_items_of<T>)) return false;
    xs.clear();
    for (std::size_t i = 0; i < size; ++i) {
      if (!get(xs.emplace_back())) return false;
    }
    return keep(source_.end_sequence());
  }
  template <class K, class T>
  bool get(std::map<K, T>& xs) {
    std::size_t size = 0;
    if (!begin(size, max_items)) return false;
    xs.clear();
    for (std::size_t i = 0; i < size; ++i) {
      K key{};
      T value{};
      if (!get(key) || !get(value)) return false;
      xs.insert_or_assign(std::move(key), std::move(value));
    }
    return keep(source_.end_sequence());
  }
  template <class... Ts>
  bool get(std::variant<Ts...>& x) {
    std::uint8_t index = 0;
    if (!number(index)) return false;
    if (index >= sizeof...(Ts)) {
      return refuse(errc::unknown_option, "an alternative numbered " + std::to_string(index));
    }
    return [&]<std::size_t... Is>(std::index_sequence<Is...>) {
      return ((Is != index || get(x.template emplace<Is>())) && ...);
    }
    (std::index_sequence_for<Ts...>{});
  }

  caf::error result() { return std::move(error_); }

 private:
  template <class T>
  bool number(T& x) {
    return keep(source_.apply(x));
  }
  bool begin(std::size_t& size, std::size_t most) {
    if (!keep(source_.begin_sequence(size))) return false;
    if (size <= most) return true;
    return refuse(errc::limit_exceeded,
                  "a length of " + std::to_string(size) + "; the limit is " + std::to_string(most));
  }
  bool keep(caf::error e) {
    if (!e) return true;
    error_ = std::move(e);
    return false;
  }
  bool refuse(errc code, std::string_view what) {
    error_ =
        to_caf(fail(code, "reading a message: " + std::string{type_} + " has " + std::string{what} +
                              "; its sender is broken or runs a newer release"));
    return false;
  }

  caf::deserializer& source_;
  std::string_view type_ = "it";  // whose members are being read
  caf::error error_;
};

class printer {
 public:
  template <class... Ts>
  bool operator()(std::string_view type, const Ts&... members) {
    out_.append(type);
    list('(', ')', [&] { (item(members), ...); });
    return true;
  }

  template <class T>
  requires std::is_class_v<T>
  void print(const T& x) { fields(*this, x); }
  void print(const session_ref& x) {
    out_ += "session";
    list('(', ')', [&] {
      item(x.kind);
      if (x.kind == access_kind::named) item(x.actor);
    });
  }
  void print(std::monostate) { out_ += "none"; }
  void print(bool x) { out_ += x ? "true" : "false"; }
  void print(std::int64_t x) { out_ += std::to_string(x); }
  void print(std::size_t x) { out_ += std::to_string(x); }
  template <class E>
  requires std::is_enum_v<E>
  void print(E x) {
    if constexpr (requires { to_string(x); }) {
      out_ += to_string(x);
    } else {
      out_ += std::to_string(static_cast<unsigned>(x));
    }
  }
  template <class Clock, class Duration>
  void print(std::chrono::time_point<Clock, Duration> x) {
    // A count, not a date: the largest time means "none" and has no date.
    out_ += std::to_string(x.time_since_epoch().count());
  }
  void print(const std::string& x) { out_.append("\"").append(printable(x)).append("\""); }
  void print(const document& x) { out_ += x ? printable(x.text()) : "absent"; }
  template <class Tag, class T>
  void print(const strong<Tag, T>& x) {
    print(x.get());
  }
  template <class T>
  void print(const std::vector<T>& xs) {
    list('[', ']', [&] {
      const auto shown = std::min(xs.size(), max_shown);
      std::for_each_n(xs.begin(), shown, [&](const T& x) { item(x); });
      if (shown < xs.size())
        out_.append(", and ").append(std::to_string(xs.size() - shown)).append(" more");
    });
  }
  template <class K, class T>
  void print(const std::map<K, T>& xs) {
    list('{', '}', [&] {
      for (const auto& [key, value] : xs) {
        item(key);
        out_ += ": ";
        print(value);
      }
    });
  }
  template <class... Ts>
  void print(const std::variant<Ts...>& x) {
    std::visit([&](const auto& y) { print(y); }, x);
  }

  rendered result() { return {std::move(out_)}; }

 private:
  static constexpr std::size_t max_shown = 8;

  template <class F>
  void list(char open, char close, F&& items) {
    out_ += open;
    const auto outer = std::exchange(first_, true);
    items();
    first_ = outer;
    out_ += close;
  }
  template <class T>
  void item(const T& x) {
    if (!std::exchange(first_, false)) out_ += ", ";
    print(x);
  }

  std::string out_;
  bool first_ = true;
};

}  // namespace
}  // namespace wire

template <wire::value T>
caf::error inspect(caf::serializer& sink, T& x) {
  wire::saver way{sink};
  way.put(x);
  return way.result();
}

template <wire::value T>
caf::error inspect(caf::deserializer& source, T& x) {
  wire::loader way{source};
  way.get(x);
  return way.result();
}

template <wire::value T>
void inspect(caf::detail::stringification_inspector& out, T& x) {
  wire::printer way;
  way.print(x);
  out(way.result());
}

// The definitions stay here, so that no other translation unit pays for CAF's serializers.
#define QUIRE_INSPECT(type)                                     \
  template caf::error inspect<type>(caf::serializer&, type&);   \
  template caf::error inspect<type>(caf::deserializer&, type&); \
  template void inspect<type>(caf::detail::stringification_inspector&, type&);

QUIRE_INSPECT(org_id)
QUIRE_INSPECT(account_id)
QUIRE_INSPECT(graph_id)
QUIRE_INSPECT(node_key)
QUIRE_INSPECT(edge_key)
QUIRE_INSPECT(type_name)
QUIRE_INSPECT(graph_type_name)
QUIRE_INSPECT(row_id)
QUIRE_INSPECT(change_seq)
QUIRE_INSPECT(stream_offset)
QUIRE_INSPECT(topic)
QUIRE_INSPECT(consumer_name)
QUIRE_INSPECT(document)
QUIRE_INSPECT(session_ref)
QUIRE_INSPECT(error_detail)
QUIRE_INSPECT(error)
QUIRE_INSPECT(change_event)
QUIRE_INSPECT(node_type_row)
QUIRE_INSPECT(edge_type_row)
QUIRE_INSPECT(graph_type)
QUIRE_INSPECT(graph)
QUIRE_INSPECT(node)
QUIRE_INSPECT(edge)
QUIRE_INSPECT(organization)
QUIRE_INSPECT(page<node>)
QUIRE_INSPECT(page<edge>)
QUIRE_INSPECT(page<neighbor>)
QUIRE_INSPECT(define_graph_type)
QUIRE_INSPECT(delete_graph_type)
QUIRE_INSPECT(create_graph)
QUIRE_INSPECT(update_graph)
QUIRE_INSPECT(delete_graph)
QUIRE_INSPECT(create_node)
QUIRE_INSPECT(upsert_node)
QUIRE_INSPECT(update_node)
QUIRE_INSPECT(delete_node)
QUIRE_INSPECT(create_edge)
QUIRE_INSPECT(upsert_edge)
QUIRE_INSPECT(update_edge)
QUIRE_INSPECT(delete_edge)
QUIRE_INSPECT(operation)
QUIRE_INSPECT(removed)
QUIRE_INSPECT(outcome)
QUIRE_INSPECT(write_request)
QUIRE_INSPECT(write_reply)
QUIRE_INSPECT(list_options)
QUIRE_INSPECT(find_node)
QUIRE_INSPECT(find_edge)
QUIRE_INSPECT(list_nodes)
QUIRE_INSPECT(list_edges)
QUIRE_INSPECT(find_neighbors)
QUIRE_INSPECT(neighbor)
QUIRE_INSPECT(find_path)
QUIRE_INSPECT(path)
QUIRE_INSPECT(graph_stat)
QUIRE_INSPECT(stat_graph)
QUIRE_INSPECT(query)
QUIRE_INSPECT(read_request)
QUIRE_INSPECT(read_reply)

#undef QUIRE_INSPECT

}  // namespace quire
