#include "write_envelope.hpp"

namespace quire {
namespace {

constexpr std::size_t per_operation = 512;  // ids, names and the bookkeeping around them

/// Text and parsed form together.
std::size_t size_of(const document& d) { return 3 * d.text().size(); }

template <class Operation>
std::size_t contents_of(const Operation& op) {
  std::size_t bytes = 0;
  if constexpr (requires { op.module; }) bytes += size_of(op.module);
  if constexpr (requires { op.attributes; }) bytes += size_of(op.attributes);
  if constexpr (requires { op.patch; }) bytes += size_of(op.patch);
  if constexpr (requires { op.expected; }) bytes += size_of(op.expected);
  if constexpr (requires { op.metadata; }) bytes += size_of(op.metadata);
  if constexpr (requires { op.key; }) bytes += op.key.get().size();
  if constexpr (requires { op.source; }) bytes += op.source.get().size() + op.target.get().size();
  if constexpr (requires { op.description; }) bytes += op.description.size();
  return bytes;
}

}  // namespace

std::size_t size_in_memory(const write_request& request) {
  std::size_t bytes = sizeof(write_envelope);
  for (const auto& op : request.operations) {
    bytes += per_operation + std::visit([](const auto& x) { return contents_of(x); }, op);
  }
  return bytes;
}

}  // namespace quire
