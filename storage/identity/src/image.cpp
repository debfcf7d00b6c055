#include "credential_row.hpp"
#include "rows.hpp"
#include "shared_map.hpp"

#include <quire/crypto/digest.hpp>
#include <quire/identity/image.hpp>

#include <cstring>
#include <functional>

namespace quire::identity {
namespace {

struct by_text {
  static std::uint64_t hash(std::string_view x) noexcept {
    return std::hash<std::string_view>{}(x);
  }
  static bool equal(std::string_view a, std::string_view b) noexcept { return a == b; }
};

struct by_digest {
  static std::uint64_t hash(const crypto::digest& x) noexcept {
    std::uint64_t out = 0;
    std::memcpy(&out, x.data(), sizeof out);
    return out;
  }
  static bool equal(const crypto::digest& a, const crypto::digest& b) noexcept {
    return crypto::equal_in_constant_time(a, b);
  }
};

template <class Value>
using text_map = shared_map<std::string, Value, by_text>;

/// A credential, and what it is found by.
struct stored_credential {
  credential_entry entry;
  std::string text;  // hash or fingerprint as stored
};
using credential_ptr = std::shared_ptr<const stored_credential>;

struct membership_entry {
  std::string org;
  std::string account;
};
using members_of_org = text_map<membership_level>;

}  // namespace

struct identity_image::content {
  text_map<account_entry> accounts{};
  text_map<organization_entry> organizations{};
  text_map<members_of_org> members{};        // by organization, then account
  text_map<membership_entry> memberships{};  // by row id
  text_map<credential_ptr> keys{};           // by row id
  text_map<credential_ptr> peers{};          // likewise
  shared_map<crypto::digest, credential_ptr, by_digest> by_hash{};
  text_map<credential_ptr> by_fingerprint{};

  [[nodiscard]] std::optional<account_status> status_of(std::string_view account) const {
    const auto* found = accounts.find(account);
    if (found == nullptr) return std::nullopt;
    return found->status;
  }

  // Each takes a row in, in the place of an older one. `building`: the maps are nobody else's yet.
  void put_account(sqlite::statement& s, bool building) {
    accounts.put(
        text_at(s, 0),
        {.status = status_at(s, 1), .level = access_level_at(s, 2), .email = text_at(s, 3)},
        building);
  }
  void put_organization(sqlite::statement& s, bool building) {
    organizations.put(text_at(s, 0), {.name = text_at(s, 1), .owner = account_id{text_at(s, 2)}},
                      building);
  }
  void put_member(sqlite::statement& s, bool building) {
    const auto org = text_at(s, 1);
    const auto* known = members.find(org);
    auto of_org = known == nullptr ? members_of_org{} : *known;
    of_org.put(text_at(s, 2), membership_level_at(s, 3), building);
    members.put(org, std::move(of_org), building);
    memberships.put(text_at(s, 0), {.org = org, .account = text_at(s, 2)}, building);
  }
  void put_key(sqlite::statement& s, bool building) {
    auto row = std::make_shared<const stored_credential>(
        stored_credential{credential_of(credential_kind::api_key, s), text_at(s, 7)});
    // A hash that is none finds nothing, whatever is presented.
    if (const auto hash = crypto::digest_from_hex(row->text)) by_hash.put(*hash, row, building);
    keys.put(row->entry.id.get(), row, building);
  }
  void put_peer(sqlite::statement& s, bool building) {
    auto row = std::make_shared<const stored_credential>(
        stored_credential{credential_of(credential_kind::peer_credential, s), text_at(s, 7)});
    by_fingerprint.put(row->text, row, building);
    peers.put(row->entry.id.get(), row, building);
  }

  void drop_member(std::string_view id) {
    const auto* row = memberships.find(id);
    if (row == nullptr) return;
    if (const auto* known = members.find(row->org)) {
      auto of_org = *known;
      of_org.erase(row->account);
      if (of_org.size() == 0) {
        members.erase(row->org);
      } else {
        members.put(row->org, std::move(of_org));
      }
    }
    memberships.erase(id);
  }
  void drop_key(std::string_view id) {
    const auto* row = keys.find(id);
    if (row == nullptr) return;
    if (const auto hash = crypto::digest_from_hex((**row).text)) by_hash.erase(*hash);
    keys.erase(id);
  }
  void drop_peer(std::string_view id) {
    const auto* row = peers.find(id);
    if (row == nullptr) return;
    by_fingerprint.erase((**row).text);
    peers.erase(id);
  }
  void drop(table t, std::string_view id) {
    switch (t) {
      case table::accounts: return accounts.erase(id);
      case table::organizations: return organizations.erase(id);
      case table::organization_members: return drop_member(id);
      case table::api_keys: return drop_key(id);
      case table::peer_credentials: return drop_peer(id);
      default: return;
    }
  }
};

identity_image::identity_image(std::unique_ptr<const content> x) : content_(std::move(x)) {}
identity_image::~identity_image() = default;

const account_entry* identity_image::account(std::string_view id) const {
  return content_->accounts.find(id);
}

const organization_entry* identity_image::organization(std::string_view id) const {
  return content_->organizations.find(id);
}

std::optional<membership_level> identity_image::membership(std::string_view org,
                                                           std::string_view account) const {
  const auto* of_org = content_->members.find(org);
  const auto* level = of_org == nullptr ? nullptr : of_org->find(account);
  if (level == nullptr) return std::nullopt;
  return *level;
}

void identity_image::each_member(
    std::string_view org,
    const std::function<void(std::string_view, membership_level)>& see) const {
  if (const auto* of_org = content_->members.find(org)) of_org->each(see);
}

const credential_entry* identity_image::credential(credential_kind kind,
                                                   std::string_view id) const {
  const auto& of_kind = kind == credential_kind::api_key ? content_->keys : content_->peers;
  const auto* found = of_kind.find(id);
  return found == nullptr ? nullptr : &(**found).entry;
}

std::optional<account_status> identity_image::status_of(std::string_view account) const {
  return content_->status_of(account);
}

bool identity_image::has_organization(std::string_view org) const {
  return content_->organizations.find(org) != nullptr;
}

namespace {

credential_finding finding_of(const credential_ptr* found, const identity_image& image,
                              timestamp now) {
  if (found == nullptr) return {.reason = errc::credential_unknown};
  const auto& entry = (**found).entry;
  return {.reason = judge(entry, image.status_of(entry.owner.get()), now), .credential = entry};
}

}  // namespace

credential_finding identity_image::find_api_key(std::string_view presented, timestamp now) const {
  if (presented.size() < min_presented_bytes || presented.size() > max_presented_bytes)
    return {.reason = errc::credential_unknown};
  return finding_of(content_->by_hash.find(crypto::sha256(presented)), *this, now);
}

credential_finding identity_image::find_peer(std::string_view fingerprint, timestamp now) const {
  return finding_of(content_->by_fingerprint.find(fingerprint), *this, now);
}

errc identity_image::judge_credential(credential_kind kind, std::string_view id,
                                      timestamp now) const {
  const auto* entry = credential(kind, id);
  if (entry == nullptr) return errc::credential_unknown;
  return judge(*entry, status_of(entry->owner.get()), now);
}

std::size_t identity_image::account_count() const noexcept { return content_->accounts.size(); }
std::size_t identity_image::organization_count() const noexcept {
  return content_->organizations.size();
}
std::size_t identity_image::credential_count() const noexcept {
  return content_->keys.size() + content_->peers.size();
}

result<std::shared_ptr<const identity_image>> image_reader::build(sqlite::connection& db) {
  auto made = std::make_unique<identity_image::content>();
  const auto read = [&](sqlite::lazy_statement& sql, auto put) {
    return each(sql, db, [&](sqlite::statement& s) { ((*made).*put)(s, true); });
  };
  using content = identity_image::content;
  if (auto ok = read(sql_.accounts, &content::put_account); !ok) return ok.error();
  if (auto ok = read(sql_.organizations, &content::put_organization); !ok) return ok.error();
  if (auto ok = read(sql_.members, &content::put_member); !ok) return ok.error();
  if (auto ok = read(sql_.keys, &content::put_key); !ok) return ok.error();
  if (auto ok = read(sql_.peers, &content::put_peer); !ok) return ok.error();
  return std::shared_ptr<const identity_image>{new identity_image{std::move(made)}};
}

result<std::shared_ptr<const identity_image>> image_reader::with_changes(
    const identity_image& old, sqlite::connection& db, std::span<const change_event> events) {
  auto made = std::make_unique<identity_image::content>(*old.content_);
  // Reads the row the event names; what it was before goes first, as its hash may be another.
  const auto renew = [&](sqlite::lazy_statement& sql, const change_event& e, auto put) {
    made->drop(e.table, e.id.get());
    return each(
        sql, db, [&](sqlite::statement& s) { ((*made).*put)(s, false); }, e.id);
  };
  using content = identity_image::content;
  for (const auto& e : events) {
    result<void> done;
    switch (e.table) {
      case table::accounts: done = renew(sql_.account, e, &content::put_account); break;
      case table::organizations:
        done = renew(sql_.organization, e, &content::put_organization);
        break;
      case table::organization_members: done = renew(sql_.member, e, &content::put_member); break;
      case table::api_keys: done = renew(sql_.key, e, &content::put_key); break;
      case table::peer_credentials: done = renew(sql_.peer, e, &content::put_peer); break;
      default: break;
    }
    if (!done) return done.error();
  }
  return std::shared_ptr<const identity_image>{new identity_image{std::move(made)}};
}

std::vector<const sqlite::lazy_statement*> image_reader::statements() const {
  static_assert(sizeof(sql_) == 10 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.accounts, &sql_.account, &sql_.organizations, &sql_.organization, &sql_.members,
          &sql_.member,   &sql_.keys,    &sql_.key,           &sql_.peers,        &sql_.peer};
}

}  // namespace quire::identity
