#include <quire/runtime/permits.hpp>

namespace quire::runtime {

std::shared_ptr<permit_pool> permit_pool::make(bounds b, std::shared_ptr<permit_pool> parent) {
  return std::shared_ptr<permit_pool>(new permit_pool(b, std::move(parent)));
}

bool permit_pool::enter(std::size_t bytes) noexcept {
  const auto requests_before = requests_.fetch_add(1, std::memory_order_relaxed);
  const auto bytes_before = bytes_.fetch_add(bytes, std::memory_order_relaxed);
  const bool fits = requests_before < bounds_.requests &&
                    (requests_before == 0 || bytes_before + bytes <= bounds_.bytes);
  if (!fits) leave(bytes);
  return fits;
}

void permit_pool::leave(std::size_t bytes) noexcept {
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  requests_.fetch_sub(1, std::memory_order_relaxed);
}

result<permit> permit_pool::acquire(std::size_t bytes) {
  if (closed_.load() || (parent_ && parent_->closed_.load())) return fail(errc::engine_closed, "the engine is closed; nothing was done");
  if (!enter(bytes)) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return fail(errc::storage_busy, "too many requests in flight (" + std::to_string(bounds_.requests) + " or " +
                                        std::to_string(bounds_.bytes) + " bytes); try again later");
  }
  if (parent_ && !parent_->enter(bytes)) {
    leave(bytes);
    refused_.fetch_add(1, std::memory_order_relaxed);
    return fail(errc::storage_busy, "too many requests in flight in all tenants together; try again later");
  }
  return permit{shared_from_this(), bytes};
}

void permit::release() noexcept {
  if (!pool_) return;
  if (pool_->parent_) pool_->parent_->leave(bytes_);
  pool_->leave(bytes_);
  pool_.reset();
}

}  // namespace quire::runtime
