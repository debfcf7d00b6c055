#pragma once

#include <quire/evolution/migration_writer.hpp>
#include <quire/metagraph/pending.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

// The marks of an evolution as the metadata of a graph type keep them.
namespace quire::evolution {

inline constexpr std::string_view state_member = "_evolution.state";
using metagraph::lazy_member;
/// In the metadata of nodes and edges: the attributes before a lossy cast.
inline constexpr std::string_view before_member = "_evolution.before";

[[nodiscard]] boost::json::object to_json(const migration_state& state);
/// Fails with `storage_corrupt` when somebody else wrote what we cannot read.
[[nodiscard]] result<evolution_marks> marks_from(const boost::json::value& metadata);

}  // namespace quire::evolution
