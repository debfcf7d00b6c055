#pragma once

#include <quire/acl/evaluate.hpp>

#include <boost/json/value.hpp>

#include <string>

// Decisions for people and for programs. For holders of `acl:explain`: a refused caller hears only
// that it was refused.
namespace quire::acl {

/// A tree, one line for each principal, ends with a newline: the chain that granted with what each
/// step let through and when it expires, or every path of a denial with its nearest miss. Untrusted
/// text is made printable.
[[nodiscard]] std::string explain(const decision& what);

/// `{allowed, reason?, subject, actingAs?, chain?, notes?}`.
[[nodiscard]] boost::json::value to_json(const decision& what);
/// `{principals, steps, scopes, resources?, expiresAt?}`.
[[nodiscard]] boost::json::value to_json(const authority_chain& chain);

}  // namespace quire::acl
