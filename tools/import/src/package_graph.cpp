#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>
#include <quire/tools/import/package_graph.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace quire::tools {

namespace {

struct relation_names {
  std::string_view field;
  std::string_view type;
};

constexpr std::array<relation_names, package_relation_count> relation_table{{
    {"Depends", "depends"},
    {"Pre-Depends", "pre_depends"},
    {"Recommends", "recommends"},
    {"Suggests", "suggests"},
    {"Conflicts", "conflicts"},
    {"Breaks", "breaks"},
    {"Replaces", "replaces"},
    {"Provides", "provides"},
}};

error refused(std::string reason) { return fail(errc::invalid_option, std::move(reason)); }

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

/// dpkg keeps stanzas of removed packages: `deinstall ok config-files`.
bool only_remembered(std::string_view status) {
  return status.ends_with(" config-files") || status.ends_with(" not-installed");
}

result<void> read_names(const stanza& from, package& out) {
  const auto name = from["Package"];
  if (name.empty()) return refused("no package name");
  if (!is_package_name(name)) return refused("'" + printable(name, 60) + "' is no package name");
  const auto version = from["Version"];
  if (!is_version(version)) {
    return refused("package '" + std::string{name} + "': '" + printable(version, 60) +
                   "' is no version");
  }
  const auto architecture = from["Architecture"];
  if (!is_architecture(architecture)) {
    return refused("package '" + std::string{name} + "': '" + printable(architecture, 60) +
                   "' is no architecture");
  }
  out.name = name;
  out.version = version;
  out.architecture = architecture;
  return {};
}

result<void> read_size(std::string_view text, package& out) {
  if (text.empty()) return {};
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || value < 0) {
    return refused("package '" + out.name + "': Installed-Size '" + printable(text, 40) +
                   "' is no number");
  }
  out.installed_size = value;
  return {};
}

result<void> read_links(const stanza& from, package& out) {
  for (std::size_t i = 0; i < relation_table.size(); ++i) {
    auto relations = parse_relations(from[relation_table[i].field]);
    if (!relations) {
      return refused("package '" + out.name + "', field " + std::string{relation_table[i].field} +
                     ": " + relations.error().context);
    }
    for (auto& r : *relations) {
      out.links.push_back({static_cast<package_relation>(i), std::move(r)});
    }
  }
  return {};
}

boost::json::array array_of(const std::vector<std::string>& texts) {
  boost::json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

document edge_attributes(const relation& to) {
  boost::json::object out;
  out["group"] = to.group;
  out["position"] = to.position;
  if (!to.comparison.empty()) {
    out["comparison"] = to.comparison;
    out["version"] = to.version;
  }
  if (!to.architecture.empty()) out["architecture"] = to.architecture;
  if (!to.architectures.empty()) out["onlyFor"] = array_of(to.architectures);
  if (!to.profiles.empty()) out["profiles"] = array_of(to.profiles);
  return document::from(std::move(out));
}

}  // namespace

std::string_view to_string(package_relation kind) noexcept {
  return relation_table[static_cast<std::size_t>(kind)].type;
}

std::vector<std::string_view> package_fields() {
  std::vector<std::string_view> out{"Package",       "Version",     "Architecture", "Section",
                                    "Priority",      "Source",      "Maintainer",   "Homepage",
                                    "Status",        "Description", "Multi-Arch",   "Essential",
                                    "Installed-Size"};
  for (const auto& names : relation_table) out.push_back(names.field);
  return out;
}

result<std::optional<package>> read_package(const stanza& from) {
  if (only_remembered(from["Status"])) return std::optional<package>{};
  package out;
  if (auto ok = read_names(from, out); !ok) return ok.error();
  if (auto ok = read_size(from["Installed-Size"], out); !ok) return ok.error();
  if (auto ok = read_links(from, out); !ok) return ok.error();
  out.section = from["Section"];
  out.priority = from["Priority"];
  out.source = from["Source"];
  out.maintainer = from["Maintainer"];
  out.homepage = from["Homepage"];
  out.summary = first_line(from["Description"]);
  out.status = from["Status"];
  out.multi_arch = from["Multi-Arch"];
  out.essential = same_field_name(from["Essential"], "yes");
  return std::optional{std::move(out)};
}

package_index::package_index(std::string native_architecture)
    : native_(std::move(native_architecture)) {}

void package_index::add(const package& p) {
  by_name_[p.name].push_back(entries_.size());
  entries_.push_back({p.name, p.version, p.architecture, {}});
  for (const auto& link : p.links) {
    if (link.kind == package_relation::provides) provided_.insert(link.to.name);
  }
}

bool package_index::native(const entry& e) const {
  return e.architecture == native_ || e.architecture == "all";
}

void package_index::fix_keys(std::vector<std::size_t>& same_name) {
  // Best first: native ones, then by architecture; of one architecture the newest.
  std::ranges::sort(same_name, [this](std::size_t i, std::size_t j) {
    const auto& a = entries_[i];
    const auto& b = entries_[j];
    if (native(a) != native(b)) return native(a);
    if (!native(a) && a.architecture != b.architecture) return a.architecture < b.architecture;
    if (const int order = compare_versions(a.version, b.version); order != 0) return order > 0;
    // The native one before `all`; and texts of equal versions (1.0, 1.00) in a fixed order.
    if (a.architecture != b.architecture) return a.architecture == native_;
    return a.version != b.version ? a.version < b.version : i < j;
  });
  std::vector<std::size_t> best;
  const entry* before = nullptr;
  for (const auto at : same_name) {
    auto& e = entries_[at];
    const bool repeated =
        before != nullptr && before->version == e.version && before->architecture == e.architecture;
    before = &e;
    if (repeated) continue;
    e.key = native(e) ? e.name : e.name + ":" + e.architecture;
    if (keys_.contains(e.key)) {  // by a newer one
      if (e.architecture == "all") e.key += ":all";
      e.key += "=" + e.version;
    } else {
      best.push_back(at);
    }
    keys_.insert(e.key);
  }
  same_name = std::move(best);
}

void package_index::finish() {
  if (native_.empty()) {
    std::map<std::string_view, std::size_t> counts;
    for (const auto& e : entries_) {
      if (e.architecture != "all") ++counts[e.architecture];
    }
    const auto most =
        std::ranges::max_element(counts, {}, [](const auto& count) { return count.second; });
    native_ = most == counts.end() ? "all" : std::string{most->first};
  }
  for (auto& [name, same_name] : by_name_) fix_keys(same_name);
}

result<std::string> package_index::key_of(std::size_t at, const package& p) const {
  if (at >= entries_.size() || entries_[at].name != p.name || entries_[at].version != p.version ||
      entries_[at].architecture != p.architecture) {
    return fail(errc::conflict,
                "the input changed while it was read, at package '" + p.name + "'; import again");
  }
  return entries_[at].key;
}

std::string package_index::target(const relation& to, std::string_view architecture) const {
  const bool exact =
      !to.architecture.empty() && to.architecture != "any" && to.architecture != "native";
  const auto wanted = exact ? std::string_view{to.architecture}
                      : to.architecture == "native" || architecture == "all"
                          ? std::string_view{native_}
                          : architecture;
  if (const auto found = by_name_.find(to.name); found != by_name_.end()) {
    const entry* best = nullptr;
    for (const auto at : found->second) {
      const auto& e = entries_[at];
      if (e.architecture == wanted || (wanted == native_ && e.architecture == "all")) return e.key;
      if (best == nullptr) best = &e;
    }
    if (best != nullptr && !exact) return best->key;
  }
  return exact && wanted != native_ ? to.name + ":" + to.architecture : to.name;
}

upsert_node package_node(const graph_id& graph, const std::string& key, const package& p) {
  boost::json::object attributes;
  attributes["name"] = p.name;
  attributes["version"] = p.version;
  attributes["architecture"] = p.architecture;
  const auto put = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) attributes[name] = value;
  };
  put("section", p.section);
  put("priority", p.priority);
  put("source", p.source);
  put("maintainer", p.maintainer);
  put("homepage", p.homepage);
  put("summary", p.summary);
  put("status", p.status);
  put("multiArch", p.multi_arch);
  if (p.essential) attributes["essential"] = true;
  if (p.installed_size) attributes["installedSize"] = *p.installed_size;
  return {.graph = graph,
          .key = node_key{key},
          .type = type_name{"package"},
          .attributes = document::from(std::move(attributes))};
}

upsert_node virtual_package_node(const graph_id& graph, const std::string& key, bool provided) {
  return {.graph = graph,
          .key = node_key{key},
          .type = type_name{"virtual_package"},
          .attributes = document::from(boost::json::object{{"name", key}, {"missing", !provided}})};
}

std::vector<upsert_edge> package_edges(const graph_id& graph, const package_index& index,
                                       const std::string& key, const package& p) {
  std::vector<upsert_edge> out;
  out.reserve(p.links.size());
  std::unordered_map<std::string, std::size_t> seen;
  for (const auto& link : p.links) {
    const auto type = to_string(link.kind);
    auto target = index.target(link.to, p.architecture);
    std::string name = key;
    name.append(1, '/').append(type).append(1, '/').append(target);
    if (const auto times = ++seen[name]; times > 1) name += "/" + std::to_string(times);
    out.push_back({.graph = graph,
                   .key = edge_key{std::move(name)},
                   .type = type_name{std::string{type}},
                   .source = node_key{key},
                   .target = node_key{std::move(target)},
                   .attributes = edge_attributes(link.to)});
  }
  return out;
}

}  // namespace quire::tools
