#pragma once

#include <quire/acl/image.hpp>
#include <quire/messages/ids.hpp>

#include <atomic>
#include <memory>
#include <utility>

#include "published.hpp"

namespace quire {

/// The image of a tenant's graph of access control: built when a session is first judged, kept current by the writer, absent
/// while it is built and where the graph is too large; then judgements go by SQL. Thread-safe.
class tenant_access {
 public:
  /// The image, if it shows every change up to `seen`.
  [[nodiscard]] std::shared_ptr<const acl::acl_image> at_least(change_seq seen) const {
    auto image = image_.get();
    return image && image->seq() >= seen ? image : nullptr;
  }
  [[nodiscard]] std::shared_ptr<const acl::acl_image> present() const { return image_.get(); }

  /// By the writer alone: before anything of the commit leaves.
  void publish(std::shared_ptr<const acl::acl_image> image) { image_.set(std::move(image)); }
  void drop() { image_.set(nullptr); }

  /// True for the one who is to have the image built.
  [[nodiscard]] bool claim_building() noexcept { return !too_large.load() && !building_.exchange(true); }
  void building_ended() noexcept { building_.store(false); }

  std::atomic<bool> too_large{false};  ///< the graph is above the bound on images

 private:
  published<acl::acl_image> image_;
  std::atomic<bool> building_{false};
};

}  // namespace quire
